// Finds entries by words: each word must begin a word of the entry. Titles count most, then signals.
// "keyword:" and a name finds those that list it.
"use strict";
(() => {
  const MOST = 50;
  const words = document.getElementById("words");
  const found = document.getElementById("found");
  const count = document.getElementById("count");
  const letters = LETTERS_FOLDED;
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\x00-\x7f]/g, (each) => letters[each] || each);
  const cut = (text) => plain(text).match(/[\p{L}\p{N}]+/gu) || [];
  const rows = (window.ENTRIES || []).flat().map(([id, title, date, themes, signals, keywords, keys]) => ({
    id, title, date, signals,
    names: new Set([...keywords, ...(keys || [])].map(plain)),
    fields: [[cut(title), 4], [cut(signals.join(" ")), 2], [cut(keywords.join(" ")), 2], [cut(themes.join(" ")), 1]],
  }));
  const worth = (row, word) => {
    let sum = 0;
    for (const [said, weight] of row.fields) if (said.some((each) => each.startsWith(word))) sum += weight;
    return sum;
  };
  const element = (name, text, className) => {
    const made = document.createElement(name);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const item = (row, asked) => {
    const line = document.createElement("li");
    const link = element("a", row.title);
    link.href = "entries/" + encodeURIComponent(row.id) + ".html";
    line.append(link, " ", element("span", row.date, "quiet"));
    const near = row.signals.find((each) => asked.some((word) => cut(each).some((w) => w.startsWith(word))));
    if (near || row.signals[0]) line.append(element("p", near || row.signals[0]));
    return line;
  };
  const search = () => {
    const [, name] = words.value.match(/^\s*keyword:\s*(.*?)\s*$/i) || [];
    const asked = cut(name || words.value);
    const hits = [];
    if (name) {
      rows.forEach((row, place) => { if (row.names.has(plain(name))) hits.push([0, place, row]); });
    } else if (asked.length) {
      rows.forEach((row, place) => {
        const each = asked.map((word) => worth(row, word));
        if (each.every(Boolean)) hits.push([each.reduce((a, b) => a + b), place, row]);
      });
      hits.sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    }
    found.replaceChildren(...hits.slice(0, MOST).map(([, , row]) => item(row, asked)));
    const more = hits.length > MOST ? ", the best " + MOST + " are shown" : "";
    count.textContent = asked.length ? (hits.length === 1 ? "1 entry" : hits.length + " entries") + more : "";
  };
  const fromAddress = () => {
    try { words.value = decodeURIComponent(location.hash.slice(1)); } catch { words.value = ""; }
    search();
  };
  document.getElementById("search").addEventListener("submit", (event) => event.preventDefault());
  words.addEventListener("input", () => {
    search();
    history.replaceState(null, "", "#" + encodeURIComponent(words.value));
  });
  window.addEventListener("hashchange", fromAddress);
  fromAddress();
})();
