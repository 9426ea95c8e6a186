import test from 'ava';
import { escapeHtml } from '../../src/report/html.js';

test('marks of HTML are escaped, control characters shown, lines and tabs kept', (t) => {
  t.is(escapeHtml(`<a href="x">'&'\n\t`), '&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;\n\t');
  t.is(escapeHtml('\u0000\u001b\u007f\u0085\u009b'), '␀␛␡\ufffd\ufffd');
});
