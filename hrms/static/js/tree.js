// Opens and closes lines of a tree in place: the link's own page is fetched and only the tree in it is taken over, so
// the place on the page and the focus stay. When that fails the link simply leads there.
export function start(root) {
  root.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-tree] a[data-tree-link]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    const tree = link.closest("[data-tree]");
    tree.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-tree]");
      if (!fresh) throw new Error("no tree");
      tree.replaceWith(document.importNode(fresh, true));
      window.history.replaceState(null, "", link.href.split("#")[0]);
      document.getElementById(link.id)?.focus();
    } catch {
      window.location.assign(link.href);
    }
  });
}
