/** Texts that replace the data of a blanked person. Neither belongs to a real person. */
export const NAME_REMOVED = 'Titular removido';
export const EMAIL_REMOVED = 'removido@invalid';
