// What must be read first (the summary of mistakes) gets the focus; its links lead to the field, not only to its place.
export function start(root) {
  const first = root.querySelector("[data-focus]");
  first.focus();
  first.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && root.getElementById(link.getAttribute("href").slice(1));
    if (!field) return;
    event.preventDefault();
    // A select that became a search box is shown through the box.
    (root.getElementById(`${field.id}-combo`) ?? field).focus();
    field.closest(".field")?.scrollIntoView({ block: "center" });
  });
}
