/** The colours as variables, light or dark as the reader has it, light on paper; the series' are Okabe and Ito's (2008). */
export const palette = `
:root { --paper: #fdfdfb; --ink: #1c1d21; --muted: #5b6068; --rule: #dcdfe4; --mark: #ffe9a8; --wrong: #f7cfc4;
  --series-1: #0072b2; --series-2: #b85c00; --series-3: #007a5a; --series-4: #a6457f; --series-5: #8a7400; --series-6: #4c4f56; }
@media screen and (prefers-color-scheme: dark) { :root { --paper: #17181b; --ink: #e8e8e4; --muted: #a3a8b0; --rule: #34373d; --mark: #5a4a12; --wrong: #6b2f22;
  --series-1: #56b4e9; --series-2: #e69f00; --series-3: #2fc79a; --series-4: #e08bbd; --series-5: #e4d54a; --series-6: #b9bdc6; } }
`;

/** The page's look: one column. */
export const styles = `${palette}* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 56rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 1rem 0 .5rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem; padding-top: .6rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .3rem; }
a { color: var(--series-1); }
nav ol { padding: 0; columns: 15rem; column-gap: 2rem; }
nav li { margin-inline-start: 1.6rem; break-inside: avoid; }
figure { margin: 1.2rem 0; }
figcaption { font-weight: 600; margin-bottom: .3rem; }
details { margin-top: .3rem; color: var(--muted); }
summary { cursor: pointer; }
:focus-visible { outline: 2px solid var(--series-1); outline-offset: 2px; }
.scroll { overflow-x: auto; }
details .scroll { max-height: 32rem; }
table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; text-align: start; border-bottom: 1px solid var(--rule); vertical-align: top; }
thead th { color: var(--muted); font-weight: 600; position: sticky; top: 0; background: var(--paper); }
tbody th { font-weight: 400; position: sticky; left: 0; background: var(--paper); max-width: 40vw; }
.number { text-align: end; white-space: nowrap; }
.words { white-space: normal; overflow-wrap: anywhere; min-width: 6rem; }
mark { background: var(--mark); color: inherit; print-color-adjust: exact; }
mark.wrong { background: var(--wrong); text-decoration: underline; text-underline-offset: .2em; }
mark.wrong.wanted { background: var(--mark); }
blockquote { margin: .5rem 0; padding-left: .9rem; border-left: 3px solid var(--rule); }
svg.narrow { display: none; }
@media (max-width: 34rem) { svg.wide { display: none; } svg.narrow { display: block; } }
@media print { .scroll, details .scroll { max-height: none; overflow: visible; } figure, article, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } }
`;
