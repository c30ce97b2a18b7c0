// Choosing columns: two buttons a row move it up or down; without script the order is the numbers typed beside them.
export function start(root) {
  for (const list of root.querySelectorAll("[data-columns]")) {
    const number = () => [...list.children].forEach((item, place) => { item.querySelector("[data-order]").value = place + 1; });
    for (const item of list.children) item.querySelectorAll("[data-move]").forEach((button) => { button.hidden = false; });
    list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-move]");
      if (!button) return;
      const item = button.closest("li");
      if (button.dataset.move === "up") item.previousElementSibling?.before(item);
      else item.nextElementSibling?.after(item);
      number();
      button.focus();
    });
  }
}
