// The writing checks of a position frame while one types: the form goes to the address of data-frame-check, the answer
// says what is to be put right and where. Nothing is written; without script the button “Kiểm tra” does the same.
const WAIT = 700;

export function start(root) {
  for (const form of root.querySelectorAll("form[data-frame-check]")) watch(form);
}

function watch(form) {
  const live = form.querySelector("[data-frame-live]");
  let timer = 0;
  let asking = null;

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const body = new FormData(form);
    body.delete("act");
    try {
      const answer = await fetch(form.dataset.frameCheck, { method: "POST", body, signal: asking.signal, headers: { Accept: "application/json" } });
      if (answer.ok) show(form, live, await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") live.textContent = "";
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    asking?.abort();
  });
}

function show(form, live, found) {
  for (const old of form.querySelectorAll(".is-live-finding")) old.remove();
  // What the server said of the last state is answered anew.
  for (const old of form.querySelectorAll("[data-for] > .form-advice")) old.remove();
  const rest = [];
  for (const item of found.items) {
    const place = item.id && form.querySelector(`[data-for="${CSS.escape(item.id)}"]`);
    if (!place) {
      rest.push(item.message);
      continue;
    }
    const line = document.createElement("p");
    line.className = `${item.severity === "error" ? "form-error" : "form-advice"} is-live-finding`;
    line.textContent = item.message;
    place.append(line);
  }
  live.textContent = [found.summary, ...rest].join(" ");
}
