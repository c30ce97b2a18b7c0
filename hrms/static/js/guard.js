// Leaving a form with unsaved changes asks first. The browser writes the question itself.
const state = (form) => new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, value.name ?? value])).toString();

export function start(root) {
  const guarded = [...root.querySelectorAll("form[data-guard]")].map((form) => ({ form, before: state(form), leaving: false }));
  for (const one of guarded) {
    // A form that came back with mistakes holds what was typed and is not saved: it counts as changed from the start.
    if (failed(one.form) || one.form.hasAttribute("data-changed")) one.before = null;
    one.form.addEventListener("submit", () => { one.leaving = true; });
    one.form.addEventListener("restored", () => { one.before = null; });
    one.form.addEventListener("ready", () => { if (one.before !== null) one.before = state(one.form); });
  }
  window.addEventListener("beforeunload", (event) => {
    if (guarded.some((one) => !one.leaving && state(one.form) !== one.before)) event.preventDefault();
  });
  window.addEventListener("pageshow", () => guarded.forEach((one) => { one.leaving = false; }));
}

function failed(form) {
  return form.querySelector("[aria-invalid=true]") !== null;
}
