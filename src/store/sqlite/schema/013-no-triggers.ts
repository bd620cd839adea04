/** What triggers did, the writers do by the rules of the model (tables/thread-rows.ts), and what removes a call removes its refs. */
export const NO_TRIGGERS = `
DROP TRIGGER IF EXISTS record_listed;
DROP TRIGGER IF EXISTS record_created;
DROP TRIGGER IF EXISTS record_updated;
DROP TRIGGER IF EXISTS record_state_updated;
DROP TRIGGER IF EXISTS record_counted;
DROP TRIGGER IF EXISTS chat_counted;
DROP TRIGGER IF EXISTS call_ref_goes;
`;
