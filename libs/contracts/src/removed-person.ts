/** What stands for a person whose data the retention blanked; neither is anybody's. */
export const NAME_REMOVED = 'Titular removido';
export const EMAIL_REMOVED = 'removido@invalid';
