// A form with nothing left to choose sends itself once; not when the reader comes back to the page.
export function start(root) {
  const [entry] = performance.getEntriesByType("navigation");
  if (entry && entry.type !== "navigate") return;
  root.querySelector("form[data-send]")?.requestSubmit();
}
