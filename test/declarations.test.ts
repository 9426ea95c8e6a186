import { fileURLToPath } from 'node:url';
import test from 'ava';
import ts from 'typescript';

test('the declarations compile in a strict program for ES2022, whose own types are those of TypeScript alone', (t) => {
  const declarations = fileURLToPath(new URL('../src/index.d.ts', import.meta.url));
  const program = ts.createProgram([declarations], {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    exactOptionalPropertyTypes: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    types: [],
  });
  const errors = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => ({
    file: file?.fileName,
    message: ts.flattenDiagnosticMessageText(messageText, ' '),
  }));
  t.deepEqual(errors, []);
});
