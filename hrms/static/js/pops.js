// Panels that open from a <details> close with Escape, by a click elsewhere, and when another opens; so does the menu.
export function start(root) {
  const open = () => root.querySelectorAll("details[data-pop][open]");
  root.addEventListener("click", (event) => {
    for (const one of open()) if (!one.contains(event.target)) one.open = false;
    const menu = root.querySelector(".menu:target");
    if (menu && !menu.contains(event.target)) close(root);
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const one of open()) {
      if (one.contains(root.activeElement)) one.querySelector("summary").focus();
      one.open = false;
    }
    if (root.querySelector(".menu:target")) close(root);
  });
  for (const one of root.querySelectorAll("details[data-pop]")) one.addEventListener("toggle", () => one.open && keep(one));
}

// A panel that would run out of the window is moved back into it.
function keep(one) {
  const panel = one.querySelector(".why-steps, .top-panel, .filter-panel");
  if (!panel || getComputedStyle(panel).position !== "absolute") return;
  const { left, right } = panel.getBoundingClientRect();
  const room = document.documentElement.clientWidth;
  if (right > room - 8) panel.style.translate = `${room - 8 - right}px 0`;
  else if (left < 8) panel.style.translate = `${8 - left}px 0`;
}

function close(root) {
  window.location.hash = "#content";
  root.querySelector(".top-menu")?.focus();
}
