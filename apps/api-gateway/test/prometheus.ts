const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABELS = '\\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*",?)*\\}';
const SAMPLE = new RegExp(`^(${NAME})(${LABELS})? (NaN|[+-]?Inf|[+-]?[0-9.]+(?:e[+-]?[0-9]+)?)$`);
const UNITS_THAT_ARE_NOT_BASE = /_(ms|milliseconds|minutes|kib|kilobytes|percent)(_|$)/;

interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: string[];
}

/** The families of a text in Prometheus' exposition format 0.0.4; throws at the first line that breaks its rules. */
export const parseMetrics = (text: string): readonly Family[] => {
  const families = new Map<string, Family>();
  const helps = new Map<string, string>();
  let open: Family | undefined;
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === 'HELP') helps.set(name, rest);
    else if (kind === 'TYPE') {
      if (families.has(name)) throw new Error(`${name} has two types, or its samples do not stand together`);
      open = { name, type: rest, help: helps.get(name) ?? '', samples: [] };
      families.set(name, open);
    } else {
      const [, sample = ''] = SAMPLE.exec(line) ?? [];
      if (!open || sample.replace(suffixOf(open.type), '') !== open.name) throw new Error(`no such sample: ${line}`);
      open.samples.push(line);
    }
  }
  return [...families.values()];
};

const suffixOf = (type: string): RegExp => {
  if (type === 'histogram') return /_(bucket|sum|count)$/;
  return type === 'summary' ? /_(sum|count)$/ : /$^/;
};

/** What is wrong with the metrics of Baton itself, by the conventions of Prometheus. */
export const breachesOf = (families: readonly Family[]): readonly string[] =>
  families
    .filter(({ name }) => name.startsWith('baton_'))
    .flatMap(({ name, type, help, samples }) => [
      ...(help === '' ? [`${name} has no HELP`] : []),
      ...((type === 'counter') === name.endsWith('_total') ? [] : [`${name} is a ${type}`]),
      ...(UNITS_THAT_ARE_NOT_BASE.test(name) ? [`${name} is not in a base unit`] : []),
      ...(type === 'histogram' && !samples.some((line) => line.includes('le="+Inf"')) ? [`${name} has no +Inf`] : []),
      ...(samples.some((line) => !line.includes('service="')) ? [`${name} does not name its service`] : []),
    ]);
