import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseIsoDate } from '#calendar';
import {
  ChunkCutter,
  detectDialect,
  FileEvidence,
  HEAD_BYTES_MAX,
  parseCells,
  recordText,
  scanRecords,
  validateRow,
  type Dialect,
  type ParsedRow,
} from '#debts-csv';
import { centavos } from '#money';

const FOLDER = join(import.meta.dirname, '../../../shared/cases');

/** The outcomes of a case's rows on the day it was written, by debt id; read as the splitter and the validator do. */
function rowsOf(name: string): { readonly dialect: Dialect; readonly rows: ReadonlyMap<string, ParsedRow> } {
  const file = readFileSync(join(FOLDER, name));
  const detection = detectDialect(file.subarray(0, HEAD_BYTES_MAX));
  if (!detection.ok) throw new Error(detection.problem.message);
  const { mapping, byteLength: dataAt, lines } = detection.header;
  const evidence = new FileEvidence({ dialect: detection.dialect, mapping, overrides: {}, dataAt });
  const start = { byteOffset: dataAt, firstLine: lines + 1 };
  const cutter = new ChunkCutter({ syntax: detection.dialect, start, sizes: { bytes: 4_096 }, watcher: evidence });
  const data = file.subarray(dataAt);
  evidence.seeBytes(data);
  cutter.push(data);
  cutter.finish();
  const dialect = evidence.finish();

  const today = parseIsoDate('2026-11-28');
  if (today === undefined) throw new Error('no day');
  const context = { mapping, dialect, profile: 'strict', today, amountMax: centavos(9_999_999_999n) } as const;
  const rows = scanRecords(data, dialect).map(({ start: from, end }) => {
    const text = recordText(data, dialect, from, end);
    if (typeof text !== 'string') throw new Error(text.message);
    const result = validateRow(parseCells(text, dialect.delimiter), context);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return [result.row.debtId, result.row] as const;
  });
  return { dialect, rows: new Map(rows) };
}

describe.runIf(existsSync(FOLDER))('cases that the whole file decides', () => {
  test('datas-americanas: the file shows that the second number is the day', () => {
    const { dialect, rows } = rowsOf('datas-americanas.csv');
    expect(dialect).toMatchObject({ date: 'us', dateOrder: 'us' });
    expect(Object.fromEntries(Array.from(rows, ([id, { dueDate }]) => [id, dueDate]))).toEqual({
      'US-1': '2026-12-31',
      'US-2': '2027-01-15',
      'US-3': '2027-01-02',
      'US-4': '2027-02-03',
      'US-5': '2026-12-05',
    });
  });

  test('acentos-depois-de-64k-windows1252: ASCII says nothing about the rest', () => {
    const { dialect, rows } = rowsOf('acentos-depois-de-64k-windows1252.csv');
    expect(dialect.encoding).toBe('windows-1252');
    expect(rows.size).toBe(903);
    expect(rows.get('L-joao')?.name).toBe('João Conceição');
    expect(rows.get('L-pao')?.name).toBe('Padaria Pão Quente');
  });

  test('ms-dos-cp850: letters stand where they can', () => {
    const { dialect, rows } = rowsOf('ms-dos-cp850.csv');
    expect(dialect.encoding).toBe('cp850');
    expect(Object.fromEntries(Array.from(rows, ([id, { name }]) => [id, name]))).toEqual({
      'DOS-0': 'João Conceição',
      'DOS-1': 'José Antônio',
      'DOS-2': 'Márcia Gonçalves',
      'DOS-3': 'Padaria Pão de Açúcar',
      'DOS-4': 'Zélia Muniz',
      'DOS-5': 'Ana Souza',
    });
  });
});
