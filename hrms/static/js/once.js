// A double click saves once: the form is sent the first time only. It opens again when the reader comes back to the page,
// or after data-once="seconds" for a form that answers with a file and so stays on the page.
export function start(root) {
  for (const form of root.querySelectorAll("form[data-once]")) {
    let sent = false;
    const reopen = () => {
      sent = false;
      form.removeAttribute("aria-busy");
      form.querySelectorAll(".is-busy").forEach((button) => button.classList.remove("is-busy"));
    };
    form.addEventListener("submit", (event) => {
      if (sent) {
        event.preventDefault();
        return;
      }
      sent = true;
      form.setAttribute("aria-busy", "true");
      event.submitter?.classList.add("is-busy");
      if (Number(form.dataset.once)) setTimeout(reopen, Number(form.dataset.once) * 1000);
    });
    window.addEventListener("pageshow", (event) => { if (event.persisted) reopen(); });
  }
}
