/** Credits in the other half of a lease. Derived; no entry from before this migration has any. */
export const leases = `
ALTER TABLE grant_balance ADD COLUMN elsewhere INTEGER NOT NULL DEFAULT 0;
`
