// Tidies a typed date on leaving the field: 01072026, 1-7-2026, 1.7.2026 become 01/07/2026. What is not a date is left
// as typed, for the server to name.
export function tidy(text) {
  const typed = text.trim();
  const found = /^(\d{2})(\d{2})(\d{4})$/.exec(typed) ?? /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$/.exec(typed);
  if (found) {
    const [day, month, year] = found.slice(1).map(Number);
    return real(day, month, year) ? `${two(day)}/${two(month)}/${year}` : text;
  }
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(typed);
  if (iso) {
    const [year, month, day] = iso.slice(1).map(Number);
    return real(day, month, year) ? `${two(day)}/${two(month)}/${year}` : text;
  }
  return text;
}

const two = (number) => String(number).padStart(2, "0");

function real(day, month, year) {
  const made = new Date(Date.UTC(year, month - 1, day));
  return made.getUTCFullYear() === year && made.getUTCMonth() === month - 1 && made.getUTCDate() === day;
}

export function start(root) {
  root.addEventListener("focusout", (event) => {
    const field = event.target;
    if (field.matches?.("[data-date]")) field.value = tidy(field.value);
  });
}
