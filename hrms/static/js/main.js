// Starts what the page asks for, and nothing else. Every task can be done without any of this.
// The version in our own address is passed on, so that all modules change together and may be kept for ever.
const version = new URL(import.meta.url).search;

const parts = [
  ["[data-shortcut]", "shortcut"],
  ["form[data-guard]", "guard"],
  ["form[data-once]", "once"],
  ["[data-combo]", "combo"],
  ["[data-progress]", "progress"],
  ["[data-date]", "dates"],
  ["[data-row]", "rows"],
  ["details[data-pop], .menu", "pops"],
  ["[data-print]", "printing"],
  ["[data-focus]", "focus"],
  ["[data-columns]", "columns"],
  ["[data-tree]", "tree"],
  ["form[data-frame-check]", "frames"],
  ["form[data-score]", "scoring"],
  ["form[data-send]", "send"],
];

for (const [selector, name] of parts) {
  if (document.querySelector(selector)) {
    import(`./${name}.js${version}`).then((module) => module.start(document));
  }
}
import(`./idle.js${version}`).then((module) => module.start(document));
