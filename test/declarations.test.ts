import { fileURLToPath } from 'node:url';
import test from 'ava';
import ts from 'typescript';

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
const checker = program.getTypeChecker();

/** What a name stands for, wherever it was exported from. */
function origin(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function libraryExports(): ts.Symbol[] {
  const file = program.getSourceFile(declarations);
  const module = file === undefined ? undefined : checker.getSymbolAtLocation(file);
  return module === undefined ? [] : checker.getExportsOfModule(module).map(origin);
}

test('the declarations compile in a strict program for ES2022, whose own types are those of TypeScript alone', (t) => {
  const errors = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => ({
    file: file?.fileName,
    message: ts.flattenDiagnosticMessageText(messageText, ' '),
  }));
  t.deepEqual(errors, []);
});

/** The interfaces, types and classes of this package that a declaration names, but in parts of a class that nobody calls. */
function typesNamed(declaration: ts.Node): ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const look = (node: ts.Node): void => {
    const isPart = ts.isPropertyDeclaration(node) || ts.isHeritageClause(node);
    if ((isPart && ts.isClassDeclaration(declaration)) || ts.isTypeParameterDeclaration(node)) return;
    const symbol = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined;
    if (symbol !== undefined) found.push(origin(symbol));
    ts.forEachChild(node, look);
  };
  look(declaration);
  const types = ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Class;
  return found.filter(
    ({ flags, declarations: [first] = [] }) =>
      flags & types && /[/\\]dist[/\\]src[/\\]/.test(first.getSourceFile().fileName),
  );
}

test('what the functions, methods and types of the library take and give has a name there', (t) => {
  const exported = new Set(libraryExports());
  t.true(exported.size > 50);
  const nameless = [...exported].flatMap(({ name, declarations = [] }) =>
    declarations
      .flatMap(typesNamed)
      .filter((type) => !exported.has(type))
      .map((type) => `${type.name} of ${name}`),
  );
  t.deepEqual([...new Set(nameless)], []);
});

/** The text that editors show of a name, and of each form that a method of a class or an interface has. */
function undocumented(symbol: ts.Symbol): string[] {
  return symbol.getDocumentationComment(checker).length > 0 ? [] : [symbol.name];
}

test('editors show what each name of the library is, and each form of a Reader’s methods', (t) => {
  t.deepEqual(libraryExports().flatMap(undocumented), []);

  const reader = libraryExports().find(({ name }) => name === 'Reader');
  const forms = [...(reader?.members?.values() ?? [])].flatMap((method) =>
    checker
      .getTypeOfSymbol(method)
      .getCallSignatures()
      .map((form) => ({ method: method.name, text: form.getDocumentationComment(checker) })),
  );
  t.true(forms.length >= 5);
  t.deepEqual(
    forms.filter(({ text }) => text.length === 0).map(({ method }) => method),
    [],
  );
});
