// A row is one link: clicking anywhere in it follows the link of the cell that names it. Selecting text, or clicking a
// link, button or box of its own in the row, does not. With Ctrl or the middle button it opens in a new window.
export function start(root) {
  for (const row of root.querySelectorAll("tr[data-row]")) {
    if (row.querySelector("th a[href], td a[href]")) row.classList.add("is-link");
  }
  const follow = (event) => {
    const row = event.target.closest("tr.is-link");
    if (!row || event.target.closest("a, button, input, select, label, summary, details, form")) return;
    if (String(window.getSelection())) return;
    const link = row.querySelector("th a[href]") ?? row.querySelector("a[href]");
    if (event.ctrlKey || event.metaKey || event.button === 1) window.open(link.href, "_blank", "noopener");
    else if (event.button === 0) link.click();
  };
  root.addEventListener("click", follow);
  root.addEventListener("auxclick", (event) => { if (event.button === 1) follow(event); });
}
