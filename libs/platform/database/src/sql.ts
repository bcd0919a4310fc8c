import type { EntityManager } from 'typeorm';

/** Runs statements: a transaction, or the manager of a data source, which runs each statement on its own. */
export type Db = Pick<EntityManager, 'query'> & {
  /** Runs a select whose plan the connection keeps under the name. Only readings have it (withReading). */
  readonly queryPrepared?: (named: PreparedQuery) => Promise<readonly object[]>;
};

/** A select with the name under which a connection keeps its plan. */
interface PreparedQuery {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The types of PostgreSQL that statements return, with the values that pg's parsers and ours (data-source.ts) make. */
interface TypeMap {
  bool: boolean;
  bytea: Buffer;
  date: string;
  float8: number;
  int4: number;
  int8: string;
  json: unknown;
  jsonb: unknown;
  name: string;
  numeric: string;
  text: string;
  timestamptz: Date;
  uuid: string;
  void: unknown;
  'text[]': readonly string[];
  'int4[]': readonly number[];
  'uuid[]': readonly string[];
}

export type TypeName = keyof TypeMap;

/** A column whose values TypeScript knows better than PostgreSQL: words of a closed list, JSON of a known shape. */
export interface Column<T> {
  readonly type: TypeName;
  /** Never there: it carries the type. */
  readonly of?: T;
}

/** `column<BatchStatus>('text')`. Where the column may be null, `T` says so. */
export function column<T>(type: TypeName): Column<T> {
  return { type };
}

/** The columns that a statement returns. `'int4?'` is an int4 or null. */
export type Columns = Readonly<Record<string, TypeName | `${TypeName}?` | Column<unknown>>>;

type TypeOf<C> =
  C extends Column<infer T>
    ? T
    : C extends `${infer N extends TypeName}?`
      ? TypeMap[N] | null
      : C extends TypeName
        ? TypeMap[C]
        : never;

type RowOfColumns<C extends Columns> = { readonly [K in keyof C]: TypeOf<C[K]> };

/** The row that a statement returns. */
export type RowOf<S extends { readonly rows: unknown }> = S extends {
  rows(...values: never[]): Promise<readonly (infer Row)[]>;
}
  ? Row
  : never;

/** A value that pg sends. An array becomes an array of PostgreSQL, another object JSON. */
type Value = string | number | bigint | boolean | object | null;

type Values<Name extends string> = [Name] extends [never] ? [] : [values: Readonly<Record<Name, Value>>];

/** A piece of a statement's text. Parameters are named, and numbered when the statement is made. */
export class Fragment<Name extends string = never> {
  /** Text and names by turns, beginning with text. */
  readonly pieces: readonly (string | { readonly name: Name })[];

  constructor(pieces: readonly (string | { readonly name: Name })[]) {
    this.pieces = pieces;
  }
}

type Part = string | Fragment<string>;
type NameOf<P> = P extends Fragment<infer Name> ? Name : P extends string ? P : never;

const NAME = /^[a-z][A-Za-z0-9]*$/;

function piecesOf<Name extends string>(texts: TemplateStringsArray, parts: readonly Part[]): Fragment<Name>['pieces'] {
  return texts.flatMap((text, at) => {
    const part: Part | undefined = parts[at];
    if (part === undefined) return [text];
    if (part instanceof Fragment) return [text, ...(part as Fragment<Name>).pieces];
    if (!NAME.test(part)) throw new TypeError(`no name of a parameter: ${part}`);
    return [text, { name: part as Name }];
  });
}

/** A piece of SQL that several statements share: fragment`…`. Parameters and fragments stand in it as in `sql`. */
export function fragment<const P extends readonly Part[]>(texts: TemplateStringsArray, ...parts: P) {
  return new Fragment<NameOf<P[number]>>(piecesOf(texts, parts));
}

/** The text as a literal of SQL, for words that the code knows. */
export function literal(text: string): Fragment {
  return new Fragment([`'${text.replaceAll("'", "''")}'`]);
}

/** The fragments with commas between them. */
export function list<Name extends string>(fragments: readonly Fragment<Name>[]): Fragment<Name> {
  return new Fragment(fragments.flatMap(({ pieces }, at) => (at === 0 ? pieces : [', ', ...pieces])));
}

/**
 * A statement, made once when its module is loaded. Its text is always the same, and the values of its parameters are
 * given by their names.
 */
export class Statement<Name extends string, Row extends object> {
  readonly text: string;
  /** The names of the parameters, $1 first. */
  readonly names: readonly Name[];
  /** The columns that it returns; undefined if no caller reads them. */
  readonly columns: Columns | undefined;
  /** The name under which connections keep its plan; undefined for a statement that is planned each time. */
  readonly preparedAs: string | undefined;

  constructor({ pieces }: Fragment<Name>, columns: Columns | undefined, preparedAs?: string) {
    this.preparedAs = preparedAs;
    const names: Name[] = [];
    this.text = pieces
      .map((piece) => {
        if (typeof piece === 'string') return piece;
        if (!names.includes(piece.name)) names.push(piece.name);
        return `$${(names.indexOf(piece.name) + 1).toString()}`;
      })
      .join('');
    this.names = names;
    this.columns = columns;
  }

  /** The values in the order of the parameters. */
  valuesOf(...[values]: Values<Name>): Value[] {
    return values === undefined ? [] : this.names.map((name) => values[name]);
  }

  /** Runs the statement and returns its rows, whatever it does to the table. */
  async rows(db: Db, ...values: Values<Name>): Promise<readonly Row[]> {
    return (await this.#run(db, values)).rows;
  }

  /** The first row; undefined if there is none. */
  async row(db: Db, ...values: Values<Name>): Promise<Row | undefined> {
    return (await this.#run(db, values)).rows[0];
  }

  async run(db: Db, ...values: Values<Name>): Promise<void> {
    await this.#run(db, values);
  }

  /** Runs an update or a delete and returns the number of its rows. */
  async count(db: Db, ...values: Values<Name>): Promise<number> {
    const { affected } = await this.#run(db, values);
    if (affected === undefined) throw new TypeError('TypeORM counts the rows of an update or a delete alone');
    return affected;
  }

  /** TypeORM returns rows alone, but for an update or a delete a pair of the rows and their number. */
  async #run(db: Db, values: Values<Name>): Promise<{ readonly rows: readonly Row[]; readonly affected?: number }> {
    if (this.preparedAs !== undefined && db.queryPrepared !== undefined) {
      const query = { name: this.preparedAs, text: this.text, values: this.valuesOf(...values) };
      return { rows: (await db.queryPrepared(query)) as readonly Row[] };
    }
    const result: unknown = await db.query(this.text, this.valuesOf(...values));
    if (!Array.isArray(result)) throw new TypeError('not an answer of TypeORM for PostgreSQL');
    const [rows, affected]: unknown[] = result;
    return Array.isArray(rows) ? { rows: rows as Row[], affected: Number(affected) } : { rows: result as Row[] };
  }
}

/** Every statement of the modules that are loaded. A test prepares them all (statements.int.spec.ts). */
export const statements: Statement<string, object>[] = [];

function register<Name extends string, Row extends object>(statement: Statement<Name, Row>): Statement<Name, Row> {
  statements.push(statement);
  return statement;
}

function statementOf<const P extends readonly Part[]>(texts: TemplateStringsArray, ...parts: P) {
  return register(new Statement<NameOf<P[number]>, object>(new Fragment(piecesOf(texts, parts)), undefined));
}

/**
 * Makes a statement, at the top of a module: sql`delete from outbox where id = any(${'ids'}::bigint[])`. A word that a
 * template fills in is the name of a parameter, so that parameters cannot be misnumbered. No other text comes in, but
 * for fragments. Of statements that return rows, `sql.returning` names the columns.
 */
export const sql = Object.assign(statementOf, {
  returning<const C extends Columns>(columns: C) {
    return <const P extends readonly Part[]>(texts: TemplateStringsArray, ...parts: P) =>
      register(new Statement<NameOf<P[number]>, RowOfColumns<C>>(new Fragment(piecesOf(texts, parts)), columns));
  },
  /**
   * The same for a select that is planned once for each connection, when a reading runs it. It pays where planning
   * takes longer than running, as with views and row policies, and where one plan is good for all values: a statement
   * whose conditions depend on which parameters are null is better planned each time.
   */
  prepared<const C extends Columns>(columns: C) {
    return <const P extends readonly Part[]>(texts: TemplateStringsArray, ...parts: P) => {
      const made = new Fragment<NameOf<P[number]>>(piecesOf(texts, parts));
      const name = `billing_${(statements.length + 1).toString()}`;
      return register(new Statement<NameOf<P[number]>, RowOfColumns<C>>(made, columns, name));
    };
  },
});
