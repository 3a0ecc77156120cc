/** Can never be called: importing this module fails, as one does whose configuration is missing. */
export function work(): string {
  return 'done';
}

throw Object.assign(new Error('DATABASE_URL is not set'), { code: 'E_CONFIG' });
