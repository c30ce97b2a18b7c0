// A key (such as "/") puts the cursor in the field that names it, unless one is already writing somewhere.
export function start(root) {
  const fields = new Map([...root.querySelectorAll("[data-shortcut]")].map((field) => [field.dataset.shortcut, field]));
  root.addEventListener("keydown", (event) => {
    const writing = event.target.closest("input, textarea, select, [contenteditable]");
    const field = fields.get(event.key);
    if (!field || writing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}
