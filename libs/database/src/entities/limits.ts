import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('token_buckets', {
  comment: 'What all replicas together may do in a time: a token for each time, taken before.',
})
export class TokenBucket {
  @PrimaryColumn('text')
  name!: string;

  @Column('timestamptz', {
    default: '-infinity',
    comment:
      'The bucket holds as many tokens as its rate gives from then until now, at most its burst. Rate and burst are configuration.',
  })
  emptyAt!: Date;
}
