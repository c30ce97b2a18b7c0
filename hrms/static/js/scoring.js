// A score form as one types: the points are asked of the address of data-score, which reckons by the same rule as saving
// and writes nothing. Arrows go to the next box, + and − change it by a step, F2 takes what the person reported.
const WAIT = 250;

export function start(root) {
  for (const form of root.querySelectorAll("form[data-score]")) fill(form);
}

function fill(form) {
  for (const words of form.querySelectorAll("[data-key]")) words.hidden = false;
  let timer = 0;
  let asking = null;

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(form.dataset.score, { method: "POST", body: new FormData(form), signal: asking.signal, headers: { Accept: "application/json" } });
      if (answer.ok) show(form, await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") for (const out of outs(form, "score")) out.textContent = "…";
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  };
  const changed = (box) => {
    mark(box);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  for (const box of form.querySelectorAll("[data-own]")) mark(box);
  form.addEventListener("input", (event) => {
    if ("own" in event.target.dataset) mark(event.target);
    later();
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    asking?.abort();
  });
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("input[type=text][data-move]")) event.target.select();
  });
  form.addEventListener("keydown", (event) => {
    const box = event.target;
    if (!("move" in box.dataset) || event.altKey || event.ctrlKey || event.metaKey) return;
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (way && box.tagName !== "SELECT") {
      event.preventDefault();
      move(form, box, way);
    } else if ((event.key === "+" || event.key === "-") && box.dataset.step) {
      event.preventDefault();
      step(box, event.key === "+" ? 1 : -1);
      changed(box);
    } else if (event.key === "Enter" && box.tagName === "SELECT") {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  const reported = form.querySelector("[data-as-reported]");
  const take = (event) => {
    event.preventDefault();
    for (const box of form.querySelectorAll("[data-own]")) {
      if (box.type === "checkbox") box.checked = box.dataset.own === "1";
      else box.value = box.dataset.own;
      mark(box);
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  };
  reported?.addEventListener("click", take);
  document.addEventListener("keydown", (event) => {
    if (event.key === "F2" && reported && !event.altKey && !event.ctrlKey) take(event);
  });
  form.querySelector("[data-move]")?.focus({ preventScroll: true });
}

function outs(form, name) {
  return form.querySelectorAll(`[data-out="${name}"]`);
}

function mark(box) {
  const now = box.type === "checkbox" ? (box.checked ? "1" : "") : box.value.trim();
  box.classList.toggle("is-changed", now !== box.dataset.own);
}

function move(form, box, way) {
  const all = [...form.querySelectorAll("[data-move]")].filter((one) => one.offsetParent);
  all[all.indexOf(box) + way]?.focus();
}

function step(box, way) {
  // Whole thousandths, so that a quarter and a tenth add up; the comma is the reader's.
  const comma = box.value.includes(",") || document.documentElement.lang !== "en";
  const most = Math.round(Number(box.dataset.most) * 1000);
  const by = Math.round(Number(box.dataset.step) * 1000);
  const now = Math.round(Number(box.value.replace(",", ".") || 0) * 1000);
  const next = Math.min(most, Math.max(0, (Number.isFinite(now) ? now : 0) + way * by));
  const text = String(next / 1000);
  box.value = comma ? text.replace(".", ",") : text;
}

function show(form, found) {
  for (const name of ["score", "class", "nearly"]) {
    for (const out of outs(form, name)) out.textContent = found[name] || (name === "nearly" ? "" : "—");
  }
  for (const [name, words] of Object.entries(found.parts)) for (const out of outs(form, name)) out.textContent = words;
  for (const out of form.querySelectorAll("[data-tone]")) out.className = `tag tag-${found.tone}`;
  for (const out of outs(form, "problems")) {
    out.replaceChildren(...found.problems.map((one) => element("li", one.message)));
  }
  for (const out of outs(form, "steps")) {
    out.replaceChildren(...found.steps.map((one) => {
      const row = document.createElement("tr");
      const source = element("td", one.source, "s");
      source.lang = "vi";
      row.append(element("td", one.text), element("td", one.figure, "n"), source);
      return row;
    }));
  }
}

function element(tag, words, name = "") {
  const made = document.createElement(tag);
  made.textContent = words;
  if (name) made.className = name;
  return made;
}
