import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

@Entity('bank_accounts', {
  comment:
    'What a bank identifies a title by, beside its nosso número. All issuers of the account take numbers from one counter.',
})
@Unique('bank_accounts_identity_once', ['bankCode', 'identityKey'])
@Check('bank_accounts_next_nosso_numero_positive', `next_nosso_numero >= 1`)
export class BankAccountRow {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  bankCode!: string;

  @Column('jsonb', { comment: 'The fields of issuers.account that name it, without leading zeros.' })
  identity!: object;

  @Column('text', { comment: 'The identity as text.' })
  identityKey!: string;

  @Column('bigint', {
    default: 1,
    comment: 'The next number that is free. Blocks are taken from here, under a row lock.',
  })
  nextNossoNumero!: string;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}

@Entity('issuers', {
  comment: 'Beneficiários: who is owed, with the bank account and convênio their boletos are issued under.',
})
@ForeignKey(() => BankAccountRow, ['bankAccountId'], ['id'], { name: 'issuers_bank_account_exists' })
@Check('issuers_document_is_normalised', `document ~ '^([0-9]{11}|[0-9A-Z]{12}[0-9]{2})$'`)
@Check('issuers_bank_code_is_compe', `bank_code ~ '^[0-9]{3}$'`)
@Check('issuers_registration_known', `registration in ('none', 'bank')`)
@Check('issuers_next_nosso_numero_positive', `next_nosso_numero >= 1`)
@Check('issuers_logo_has_bytes', `octet_length(logo) between 1 and 65536`)
@Check('issuers_mapping_is_an_object', `jsonb_typeof(mapping) = 'object'`)
export class Issuer {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  document!: string;

  @Column('jsonb')
  address!: object;

  @Column('text')
  bankCode!: string;

  @Column('jsonb', { comment: 'Bank account without its bank code; each bank says which fields it requires.' })
  account!: object;

  @Column('text', { default: 'DM' })
  especie!: string;

  @Column('jsonb', { default: [] })
  instructions!: object;

  @Column('jsonb', { default: {} })
  fees!: object;

  @Column('text', { default: 'none' })
  registration!: string;

  @Index('issuers_of_account')
  @Column('uuid', { nullable: true, comment: 'Follows from bank_code and account; a trigger keeps it.' })
  bankAccountId!: string | null;

  @Column('bigint', {
    default: 1,
    comment: 'The first number that was asked for at registration. The counter is the one of the account.',
  })
  nextNossoNumero!: string;

  @Column('jsonb', {
    nullable: true,
    comment:
      'Key, merchantName and merchantCity of the static BR Code on each boleto; null for none. Paying it does not settle the boleto.',
  })
  pix!: object | null;

  @Column('bytea', { nullable: true, comment: 'PNG or JPEG, printed on each boleto; null for none.' })
  logo!: Buffer | null;

  @Column('jsonb', {
    nullable: true,
    comment: 'Name and document of whom the issuer collects for (sacador/avalista); null if for itself.',
  })
  sacador!: object | null;

  @Column('jsonb', {
    nullable: true,
    comment:
      'The titles of the columns of its files, by field, where they are not known ones; null for none. An upload may bring its own.',
  })
  mapping!: object | null;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
