/** The kinds of motives that a bank has tables for. */
export type MotiveGroup = 'refusal' | 'settlement' | 'pix_refusal' | 'fee';

/** Labels by code, by kind. */
export type MotiveTable = ReadonlyMap<MotiveGroup, ReadonlyMap<string, string>>;

/** Reads tables of the form `code label`, one motive a line. */
export function motiveTable(groups: Partial<Record<MotiveGroup, string>>): MotiveTable {
  return new Map(
    Object.entries(groups).map(([group, table]) => [
      group as MotiveGroup,
      new Map(
        table
          .trim()
          .split('\n')
          .map((line) => {
            const [code = '', ...words] = line.trim().split(' ');
            return [code, words.join(' ')];
          }),
      ),
    ]),
  );
}
