// Before an idle session ends: warn two minutes earlier, keep what is being typed in this window (sessionStorage), and
// put it back after signing in again. Never kept: passwords, files, tokens, and fields marked data-no-keep. What is kept belongs to
// one account: another who signs in on the same machine clears it.
const KEPT = "hrms.kept:";
const OWNER = "hrms.kept.owner";
const WARN = 120;
const SAVE = 20;
const PING = 240;
const MAX_AGE = 12 * 3600 * 1000;

const storeKey = (form) => `${KEPT}${window.location.pathname}#${form.id || [...document.querySelectorAll("form[data-keep]")].indexOf(form)}`;
const keepable = (field) => field.name && field.name !== "csrf_token" && !["password", "file", "submit", "button", "reset"].includes(field.type)
  && !field.matches("[data-no-keep]") && !(field.type === "hidden" && !field.matches("[data-combo-value]"));

export function start(root) {
  const { account, idle, keepalive, signIn } = root.body.dataset;
  try {
    if (!account) return atSignIn();
    if (window.sessionStorage.getItem(OWNER) !== account) {
      forget(() => true);
      window.sessionStorage.setItem(OWNER, account);
    }
    restore(root);
    watch(root, Number(idle), keepalive, signIn);
  } catch {
    // A browser that forbids storage loses the convenience, not the page.
  }
}

function keys() {
  return Object.keys(window.sessionStorage).filter((key) => key.startsWith(KEPT));
}

function forget(which) {
  for (const key of keys()) if (which(JSON.parse(window.sessionStorage.getItem(key)))) window.sessionStorage.removeItem(key);
}

// Sent forms that end at the sign-in page were not taken: they become drafts to restore.
function atSignIn() {
  for (const key of keys()) {
    const kept = JSON.parse(window.sessionStorage.getItem(key));
    window.sessionStorage.setItem(key, JSON.stringify({ ...kept, sent: false }));
  }
}

function save(form, sent) {
  const values = [...form.elements].filter(keepable).map((field) => [
    field.name, field.type === "checkbox" || field.type === "radio" ? field.checked : field.multiple
      ? [...field.selectedOptions].map((option) => option.value) : field.value, field.value,
  ]);
  window.sessionStorage.setItem(storeKey(form), JSON.stringify({ values, sent, at: Date.now() }));
}

function restore(root) {
  forget((kept) => kept.sent || Date.now() - kept.at > MAX_AGE);
  let restored = false;
  for (const form of root.querySelectorAll("form[data-keep]")) {
    const kept = JSON.parse(window.sessionStorage.getItem(storeKey(form)) ?? "null");
    form.addEventListener("submit", () => save(form, true));
    if (!kept) continue;
    const left = [...kept.values];
    for (const field of [...form.elements].filter(keepable)) {
      const place = left.findIndex(([name, , own]) => name === field.name
        && (!["checkbox", "radio"].includes(field.type) || own === field.value));
      if (place < 0) continue;
      const [[, value]] = left.splice(place, 1);
      if (field.type === "checkbox" || field.type === "radio") field.checked = value;
      else if (field.multiple) for (const option of field.options) option.selected = value.includes(option.value);
      else field.value = value;
      if (field.matches("select")) field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    window.sessionStorage.removeItem(storeKey(form));
    form.dispatchEvent(new Event("restored"));
    restored = true;
  }
  if (restored) tell("restored");
}

function tell(what, link) {
  const note = document.getElementById("idle-note");
  note.textContent = note.dataset[what];
  if (link) {
    const go = document.createElement("a");
    go.href = link;
    go.textContent = note.dataset.signIn;
    note.append(" ", go);
  }
  note.hidden = false;
}

function watch(root, limit, keepalive, signIn) {
  const warning = document.getElementById("idle-warning");
  let seen = Date.now();       // the last request the server knows of
  let touched = 0;             // the last thing the reader did since
  let asking = false;
  let over = false;
  const before = new Map([...root.querySelectorAll("form[data-keep]")].map((form) => [form, shape(form)]));

  async function ping() {
    if (!keepalive || asking) return;
    asking = true;
    try {
      const answer = await fetch(keepalive, { headers: { Accept: "application/json" } });
      if (answer.ok && !answer.redirected) {
        seen = Date.now();
        touched = 0;
      } else if (answer.status === 401 || answer.redirected) expire();
    } catch {
      // No connection: the clock goes on, and the draft is kept in time.
    } finally {
      asking = false;
    }
  }

  function keep() {
    for (const [form, first] of before) if (shape(form) !== first) save(form, false);
  }

  function expire() {
    if (over) return;
    over = true;
    keep();
    if (warning.open) warning.close();
    const back = encodeURIComponent(window.location.pathname + window.location.search);
    tell("expired", signIn ? `${signIn}?next=${back}` : null);
  }

  for (const kind of ["keydown", "pointerdown", "input"]) {
    root.addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
  }
  warning.addEventListener("close", () => { if (!over) ping(); });
  setInterval(() => {
    if (over) return;
    const quiet = (Date.now() - seen) / 1000;
    if (touched > seen && quiet > PING && Date.now() - touched < PING * 1000) ping();
    else if (quiet >= limit) expire();
    else if (quiet >= limit - SAVE) keep();
    else if (quiet >= limit - WARN && !warning.open) warning.showModal();
  }, 5000);
}

const shape = (form) => JSON.stringify([...form.elements].filter(keepable).map((field) => [field.name, field.checked ?? "", field.value]));
