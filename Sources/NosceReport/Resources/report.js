// The transcripts' filter and the copy button. It writes text, never markup.
"use strict";
(() => {
  const byId = (name) => document.getElementById(name);
  const make = (tag, name, text) => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text !== undefined) node.textContent = text;
    return node;
  };

  const copy = byId("copy");
  if (copy) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      const text = byId("command").textContent;
      let done = false;
      try {
        await navigator.clipboard.writeText(text);
        done = true;
      } catch {
        getSelection().selectAllChildren(byId("command"));
        done = document.execCommand("copy");
      }
      copy.textContent = done ? "Copied" : "Press Ctrl-C";
      setTimeout(() => { copy.textContent = "Copy"; }, 2000);
    });
  }

  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details.paper-open")) part.open = true;
  });

  const block = byId("transcript-data");
  if (!block) return;
  const data = JSON.parse(block.textContent);
  const texts = data.texts;
  const colors = new Map(data.colors);
  const text = (place) => (place < 0 ? null : texts[place]);
  const columns = { arm: 0, seed: 1, task: 2, probe: 3, outcome: 6 };
  const step = 20;
  const form = byId("filter");
  const list = byId("list");
  const more = byId("more");
  const fields = [...form.querySelectorAll("[data-field]")];
  const field = (name) => fields.find((node) => node.dataset.field === name);
  let found = [];
  let shown = 0;

  const turn = (name, content) => {
    const row = make("div", "turn " + name);
    row.append(make("dt", "", name), make("dd", "", content));
    return row;
  };

  const card = (row) => {
    const article = make("article", "transcript");
    const head = make("h4", "");
    const color = colors.get(text(row[0])) || "c5";
    head.append(make("span", "dot " + color), " " + text(row[0]) + " ");
    head.append(make("span", "kindnote", "seed " + row[1] + " · " + text(row[2]) + " · "
      + text(row[3]) + " · paraphrase " + row[4] + " · sample " + row[5]), " ");
    const outcome = text(row[6]);
    const score = row[7] === null ? "" : " " + (Number.isInteger(row[7]) ? row[7].toFixed(2)
      : Number(row[7].toPrecision(3)));
    head.append(make("span", outcome === "scored" ? "tag" : "tag open", outcome + score));
    const turns = make("dl", "");
    for (let at = 11; at < row.length; at += 2) {
      turns.append(turn(texts[row[at]], texts[row[at + 1]]));
    }
    if (row[8] >= 0) turns.append(turn("prefill", text(row[8])));
    turns.append(turn("answer", row[9] < 0 ? "(none)" : text(row[9])));
    if (row[10] >= 0) turns.append(turn("detail", text(row[10])));
    article.append(head, turns);
    return article;
  };

  const showMore = () => {
    const part = document.createDocumentFragment();
    const end = Math.min(found.length, shown + step);
    for (; shown < end; shown += 1) part.append(card(data.rows[found[shown]]));
    list.append(part);
    more.hidden = shown >= found.length;
    more.textContent = "Show " + Math.min(step, found.length - shown) + " more";
    byId("found").textContent = found.length === 0 ? "No transcript matches."
      : shown + " shown of " + found.length + " that match, of " + data.rows.length + ".";
  };

  const apply = () => {
    const tests = [];
    for (const name of Object.keys(columns)) {
      const wanted = field(name).value;
      if (wanted === "") continue;
      const column = columns[name];
      const place = name === "seed" ? Number(wanted) : texts.indexOf(wanted);
      tests.push((row) => row[column] === place);
    }
    const words = field("text").value.trim().toLowerCase();
    if (words !== "") {
      const hits = texts.map((content) => content.toLowerCase().includes(words));
      tests.push((row) => {
        for (let at = 8; at < 11; at += 1) if (row[at] >= 0 && hits[row[at]]) return true;
        for (let at = 12; at < row.length; at += 2) if (hits[row[at]]) return true;
        return false;
      });
    }
    found = [];
    data.rows.forEach((row, number) => {
      if (tests.every((test) => test(row))) found.push(number);
    });
    list.replaceChildren();
    shown = 0;
    showMore();
  };

  let waiting = 0;
  const applySoon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 150);
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", apply);
  form.addEventListener("reset", () => setTimeout(apply, 0));
  field("text").addEventListener("input", applySoon);
  more.addEventListener("click", showMore);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.count");
    if (!link) return;
    for (const node of fields) node.value = "";
    field("arm").value = link.dataset.arm;
    field("probe").value = link.dataset.probe;
    field("outcome").value = link.dataset.outcome;
    apply();
  });
  apply();
})();
