// A search box over many choices, by the ARIA pattern "combobox with list": typing narrows, arrows move, Enter chooses,
// Escape closes; the mouse may be used and never has to be. Two kinds:
//   <select data-combo>                          the choices are in the page
//   <input data-combo data-source="/address">    the choices come from GET address?q=…, which answers
//                                                {"items": [{"value", "label", "note"}], "more": true|false}
// The second keeps the chosen value in the hidden [data-combo-value] beside it and forgets it once the words change.
const SHOWN = 30;
let boxes = 0;

// The reader types "dang" and means "Đặng" as well.
export const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase().trim();

export function start(root) {
  for (const element of root.querySelectorAll("[data-combo]")) {
    if (element.matches("select")) overSelect(element);
    else overSource(element);
    element.form?.dispatchEvent(new Event("ready"));
  }
}

function overSelect(select) {
  const input = document.createElement("input");
  input.type = "text";
  input.className = select.className.replace("form-select", "form-control");
  input.id = `${select.id}-combo`;
  input.autocomplete = "off";
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  document.querySelector(`label[for="${CSS.escape(select.id)}"]`)?.setAttribute("for", input.id);
  const box = document.createElement("div");
  box.className = "combo-box is-live";
  select.before(box);
  box.append(input, select);
  select.hidden = true;
  const words = () => select.selectedOptions[0]?.text.trim() ?? "";
  const options = [...select.options].map((option) => ({ value: option.value, label: option.text.trim(), key: fold(option.text) }));
  input.value = select.value ? words() : "";
  if (!select.value && words()) input.placeholder = words();
  select.addEventListener("change", () => { input.value = select.value ? words() : ""; });
  combobox(input, box, {
    find: async (typed) => {
      const all = typed === null ? options : options.filter((option) => option.key.includes(fold(typed)));
      return { items: all.filter((option) => option.value !== "" || typed === null), more: false };
    },
    choose: (option) => {
      select.value = option.value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
      input.value = option.value ? option.label : "";
    },
    // Words that are no choice are not kept: the box goes back to what is chosen, or to nothing when it was emptied.
    leave: () => {
      if (!input.value.trim() && options.some((option) => option.value === "")) select.value = "";
      input.value = select.value ? words() : "";
    },
    none: select.dataset.none,
  });
}

function overSource(input) {
  const box = input.closest(".combo-box");
  const value = box.querySelector("[data-combo-value]");
  let chosen = input.value;
  input.removeAttribute("list");
  box.classList.add("is-live");
  let asked;
  combobox(input, box, {
    find: async (typed) => {
      asked?.abort();
      asked = new AbortController();
      const address = new URL(input.dataset.source, window.location.href);
      address.searchParams.set("q", typed ?? "");
      const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: asked.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    },
    choose: (option) => {
      input.value = chosen = option.label;
      value.value = option.value;
      value.dispatchEvent(new Event("change", { bubbles: true }));
    },
    leave: () => {},
    none: input.dataset.none,
    more: input.dataset.more,
  });
  input.addEventListener("input", () => { if (input.value !== chosen) value.value = ""; });
}

function combobox(input, box, source) {
  const list = document.createElement("ul");
  list.className = "combo-list";
  list.id = `combo-list-${(boxes += 1)}`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.querySelector(`label[for="${CSS.escape(input.id)}"]`)?.textContent.trim() ?? "");
  const said = document.createElement("div");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  const note = document.createElement("li");
  note.className = "combo-note";
  note.setAttribute("role", "presentation");
  box.append(list, said);
  for (const [name, text] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
    input.setAttribute(name, text);
  }
  let items = [];
  let at = -1;
  let turn = 0;
  let timer;

  function close() {
    clearTimeout(timer);
    turn += 1;
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(place) {
    const options = list.querySelectorAll("[role=option]");
    if (!options.length) return;
    at = (place + options.length) % options.length;
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    input.setAttribute("aria-activedescendant", options[at].id);
    options[at].scrollIntoView({ block: "nearest" });
  }

  async function show(typed, first = false) {
    const mine = (turn += 1);
    let found;
    try {
      found = await source.find(typed);
    } catch {
      return;
    }
    if (mine !== turn || document.activeElement !== input) return;
    items = found.items.slice(0, typed === null ? 500 : SHOWN);
    at = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...items.map((item, index) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.append(item.label);
      if (item.note) {
        const small = document.createElement("small");
        small.textContent = item.note;
        option.append(small);
      }
      return option;
    }));
    const cut = found.more || found.items.length > items.length;
    note.textContent = items.length ? (source.more ?? "") : (source.none ?? "");
    if ((!items.length || cut) && note.textContent) list.append(note);
    said.textContent = items.length ? String(items.length) : (source.none ?? "");
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    if (first) mark(0);
  }

  function choose(index) {
    if (!items[index]) return;
    source.choose(items[index]);
    close();
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => show(input.value.trim() === "" ? null : input.value), 150);
  });
  input.addEventListener("click", () => { if (list.hidden) show(null); });
  input.addEventListener("keydown", (event) => {
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) show(null, true);
      else mark(event.key === "ArrowDown" ? at + 1 : (at < 0 ? -1 : at - 1));
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      choose(at >= 0 ? at : (items.length === 1 ? 0 : -1));
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Tab" && open && at >= 0) {
      choose(at);
    }
  });
  // Pressing the mouse must not take the focus away before the choice is made.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose([...list.querySelectorAll("[role=option]")].indexOf(option));
  });
  input.addEventListener("blur", () => { close(); source.leave(); });
}
