"use strict";
// Shows those of the elements with the class `filtered` that have all the words typed, and the
// values chosen in the same form: the choice `verdict` is held against data-verdict. Words are
// looked for in a row, and a section goes with the row of its id.

for (const form of document.querySelectorAll("form.filter")) {
  const elements = [...document.querySelectorAll(".filtered")];
  const rows = elements.filter((element) => element.closest("table"));
  const textOf = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const sectionOf = new Map(
    elements
      .filter((element) => element.id && !element.closest("table"))
      .map((section) => [section.id, section]),
  );
  const said = form.querySelector("output");

  const apply = () => {
    const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const choices = [...form.querySelectorAll("select")].filter((select) => select.value);
    let shown = 0;
    for (const row of rows) {
      const section = sectionOf.get(row.dataset.section);
      const text =
        textOf.get(row) + (section ? section.querySelector("h2").textContent.toLowerCase() : "");
      const kept =
        words.every((word) => text.includes(word)) &&
        choices.every((select) => row.dataset[select.name] === select.value);
      row.hidden = !kept;
      if (section) section.hidden = !kept;
      if (kept) shown += 1;
    }
    said.textContent = `${shown} of ${rows.length} ${said.dataset.what}`;
  };

  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  apply();
}
