import { DefaultNamingStrategy, type Table } from 'typeorm';

/** Columns in snake_case and primary keys `<table>_pk`, as the migrations name them. Other constraints are named one by one. */
export class ConstraintNames extends DefaultNamingStrategy {
  override columnName(propertyName: string, customName: string | undefined, embeddedPrefixes: string[]): string {
    const name = customName ?? propertyName.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return [...embeddedPrefixes, name].join('_');
  }

  override primaryKeyName(tableOrName: Table | string): string {
    return `${this.getTableName(tableOrName)}_pk`;
  }
}
