// Searches the titles and the text of all pages: every word must be there, titles stand first.
(() => {
  const field = document.getElementById("search");
  const list = document.getElementById("found");
  const most = 40, around = 60;

  const rank = (words, part) => {
    const title = part.page.toLowerCase(), head = part.title.toLowerCase();
    const text = part.text.toLowerCase();
    const has = (...places) => words.every((word) => places.some((p) => p.includes(word)));
    if (!has(title, head, text)) return null;
    if (!words.some((word) => head.includes(word) || text.includes(word))) return null;
    if (has(head)) return part.top ? 0 : 1;
    return has(head, text) ? 2 : 3;
  };

  const line = (words, part) => {
    const item = document.createElement("li");
    const link = item.appendChild(document.createElement("a"));
    link.href = part.href;
    link.textContent = part.top ? part.page : `${part.page} › ${part.title}`;
    const lower = part.text.toLowerCase();
    const hits = words.map((w) => [lower.indexOf(w), w]).filter(([at]) => at >= 0);
    hits.sort(([a], [b]) => a - b);
    if (!hits.length) {
      item.append(part.text.slice(0, 2 * around));
      return item;
    }
    const [at, word] = hits[0];
    const mark = document.createElement("mark");
    mark.textContent = part.text.slice(at, at + word.length);
    let before = part.text.slice(Math.max(0, at - around), at);
    if (at > around && before.includes(" ")) before = `… ${before.slice(before.indexOf(" ") + 1)}`;
    item.append(before, mark,
      part.text.slice(at + word.length, at + word.length + 2 * around));
    return item;
  };

  const look = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    list.hidden = !words.length;
    const hits = window.PARTS.map((part) => [rank(words, part), part])
      .filter(([found]) => found !== null).sort(([a], [b]) => a - b).slice(0, most);
    list.replaceChildren(...hits.map(([, part]) => line(words, part)));
    if (words.length && !hits.length) list.append(list.dataset.nothing);
  };

  field.addEventListener("input", look);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") list.querySelector("a")?.click();
    if (event.key === "Escape") { field.value = ""; look(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== field) {
      event.preventDefault();
      field.focus();
    }
  });
})();
