// What the sources of the contracts say of every event: its fields with their types and comments, and the types they use.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const SOURCES = 'libs/contracts/src';
export const EXAMPLES = 'libs/contracts/examples';
const EXAMPLES_CHECK = `${SOURCES}/examples-check.ts`;

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly isOptional: boolean;
  readonly comment: string;
}

export interface EventType {
  readonly name: string;
  readonly category: string;
  readonly comment: string;
  readonly fields: readonly Field[];
}

/** A type that fields refer to by name: its fields, or the code of one that has none. */
export interface NamedType {
  readonly name: string;
  readonly comment: string;
  readonly fields: readonly Field[];
  readonly code?: string;
}

type Declared = ts.TypeAliasDeclaration | ts.InterfaceDeclaration;

const programOf = (overlay: ReadonlyMap<string, string> = new Map()): ts.Program => {
  const { config } = ts.readConfigFile('tsconfig.base.json', (path) => readFileSync(path, 'utf8')) as {
    readonly config: { readonly compilerOptions: unknown };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
  const withoutTypes = { ...options, types: [], noEmit: true, declaration: false, sourceMap: false };
  const host = ts.createCompilerHost(withoutTypes, true);
  const { readFile, fileExists } = host;
  host.readFile = (path) => overlay.get(path) ?? readFile(path);
  host.fileExists = (path) => overlay.has(path) || fileExists(path);
  return ts.createProgram([`${SOURCES}/index.ts`, ...overlay.keys()], withoutTypes, host);
};

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('readonly ', '').trim();

/** Without the comments inside, which stand in the next column. */
const codeOf = (node: ts.Node): string =>
  oneLine(
    node
      .getText()
      .replaceAll(/\/\*\*.*?\*\//gs, '')
      .replaceAll(/^(\s*)\| /g, '$1'),
  );

const commentOf = (symbol: ts.Symbol | undefined, checker: ts.TypeChecker): string =>
  oneLine(ts.displayPartsToString(symbol?.getDocumentationComment(checker) ?? []));

const fieldOf = (symbol: ts.Symbol, checker: ts.TypeChecker): Field => {
  const declaration = symbol.declarations?.[0];
  const written = declaration && ts.isPropertySignature(declaration) ? declaration.type : undefined;
  const type = written ? codeOf(written) : oneLine(checker.typeToString(checker.getTypeOfSymbol(symbol)));
  const isOptional = (symbol.flags & ts.SymbolFlags.Optional) !== 0;
  return { name: symbol.name, type, isOptional, comment: commentOf(symbol, checker) };
};

const fieldsOf = (type: ts.Type, checker: ts.TypeChecker): readonly Field[] =>
  checker.getPropertiesOfType(type).map((symbol) => fieldOf(symbol, checker));

const isDeclared = (node: ts.Node): node is Declared =>
  ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node);

const declarationsIn = (program: ts.Program): readonly Declared[] =>
  program
    .getSourceFiles()
    .filter(({ fileName }) => fileName.includes(SOURCES) && !fileName.endsWith('spec.ts'))
    .flatMap((source) => source.statements.filter(isDeclared));

/** The payload of `type X = Event<'X', Payload>`; undefined for a type that is no event. */
const payloadOf = (declared: Declared): ts.TypeNode | undefined => {
  if (!ts.isTypeAliasDeclaration(declared) || !ts.isTypeReferenceNode(declared.type)) return undefined;
  const { typeName, typeArguments } = declared.type;
  return typeName.getText() === 'Event' ? typeArguments?.[1] : undefined;
};

const namedType = (declared: Declared, checker: ts.TypeChecker): NamedType => {
  const name = declared.name.text;
  const comment = commentOf(checker.getSymbolAtLocation(declared.name), checker);
  const isUnion = ts.isTypeAliasDeclaration(declared) && !ts.isTypeReferenceNode(declared.type);
  if (!isUnion) return { name, comment, fields: fieldsOf(checker.getTypeAtLocation(declared.name), checker) };
  const type = checker.getTypeAtLocation(declared.name);
  const members = type.isUnion() ? type.types.map((member) => checker.typeToString(member)) : [codeOf(declared.type)];
  return { name, comment, fields: [], code: members.join(' | ') };
};

/** All events by file and in the order of the sources, and the types that their fields name, in the order of use. */
export const readContracts = (): { readonly events: readonly EventType[]; readonly types: readonly NamedType[] } => {
  const program = programOf();
  const checker = program.getTypeChecker();
  const declarations = declarationsIn(program);
  const events = declarations.flatMap((declared): readonly EventType[] => {
    const payload = payloadOf(declared);
    if (!payload) return [];
    const category = declared.getSourceFile().fileName.replace(/^.*\/(\w+)\.ts$/, '$1');
    const comment = commentOf(checker.getSymbolAtLocation(declared.name), checker);
    const fields = fieldsOf(checker.getTypeFromTypeNode(payload), checker);
    return [{ name: declared.name.text, category, comment, fields }];
  });

  const types = new Map<string, NamedType>();
  const collect = (fields: readonly Field[]): void => {
    for (const word of fields.flatMap(({ type }) => type.match(/\b[A-Z]\w+/g) ?? [])) {
      const declared = declarations.find(({ name, typeParameters }) => name.text === word && !typeParameters);
      if (!declared || types.has(word)) continue;
      const named = namedType(declared, checker);
      types.set(word, named);
      collect(named.fields);
    }
  };
  collect(events.flatMap(({ fields }) => fields));
  return { events, types: [...types.values()] };
};

export interface Example {
  readonly stream: string;
  readonly type: string;
  readonly data: unknown;
}

/** The stored example of an event's version; undefined: there is none. */
export const exampleOf = (type: string): Example | undefined => {
  const path = join(EXAMPLES, `${type}.v1.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Example) : undefined;
};

export const exampleFiles = (): readonly string[] => readdirSync(EXAMPLES).sort();

/** What the compiler has against the examples as values of their payload types. */
export const wrongExamples = (
  events: readonly EventType[],
  dataOf: (type: string) => unknown = (type) => exampleOf(type)?.data,
): readonly string[] => {
  const lines = events.map(({ name, category }) => {
    const data = JSON.stringify(dataOf(name));
    return `import type { ${name} } from './events/${category}.js';\nexport const of${name}: ${name}['data'] = ${data};`;
  });
  const program = programOf(new Map([[EXAMPLES_CHECK, lines.join('\n')]]));
  const source = program.getSourceFile(EXAMPLES_CHECK);
  return ts
    .getPreEmitDiagnostics(program, source)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
};

const RULES = ['libs/domain/src', 'apps/api-gateway/src'];

/** The events that some rule or service records; the names of the others are only reserved. */
export const recordedTypes = (): ReadonlySet<string> => {
  const sources = RULES.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
      .map((path) => readFileSync(join(folder, path), 'utf8')),
  );
  return new Set(sources.flatMap((text) => [...text.matchAll(/\btype: '([A-Z]\w+)'/g)].map(([, type = '']) => type)));
};

const MIGRATIONS = 'libs/event-log/src/migrations';

/** Which service may append to which category, as the migrations tell the database. */
export const owners = (): ReadonlyMap<string, string> => {
  const migrations = readdirSync(MIGRATIONS).map((file) => readFileSync(join(MIGRATIONS, file), 'utf8'));
  const rows = migrations.join('\n').matchAll(/\('(\w+)', 'baton_(\w+)'\)/g);
  return new Map([...rows].map(([, category = '', role = '']) => [category, role]));
};
