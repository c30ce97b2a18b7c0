// Follows a job. The address answers {state, done, total, message, next}: state is waiting, doing, done, failed or
// cancelled; `next` the page to go to when it is over (left out: this page again). A lost connection is tried again.
const FIRST = 1000;
const SLOWEST = 8000;

export function start(root) {
  for (const box of root.querySelectorAll("[data-progress]")) follow(box);
}

async function follow(box) {
  const bar = box.querySelector("[data-progress-bar]");
  const words = box.querySelector("[data-progress-words]");
  const count = box.querySelector("[data-progress-count]");
  const reader = document.documentElement.lang;
  let pause = FIRST;
  box.querySelector("[data-progress-reload]")?.setAttribute("hidden", "");
  for (;;) {
    await new Promise((done) => { setTimeout(done, document.hidden ? SLOWEST : pause); });
    let job;
    try {
      const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
      if (answer.status === 401 || answer.redirected) return window.location.reload();
      if (!answer.ok) throw new Error(String(answer.status));
      job = await answer.json();
    } catch {
      pause = Math.min(pause * 2, SLOWEST);
      continue;
    }
    pause = Math.min(pause * 1.15, 3000);
    if (job.message && words.textContent !== job.message) words.textContent = job.message;
    if (bar && job.total) {
      bar.max = job.total;
      bar.value = job.done;
      const number = new Intl.NumberFormat(reader);
      if (count) count.textContent = `${number.format(job.done)} / ${number.format(job.total)}`;
    }
    if (["done", "failed", "cancelled"].includes(job.state)) {
      if (job.next) return window.location.assign(job.next);
      return window.location.reload();
    }
  }
}
