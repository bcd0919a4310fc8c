/** Schema `chaos`: a ledger of what left the outbox, and the places at which a process can be held. */
export const instruments: string;
