/** Which threads of a project go as a whole when their time is up, by that time: what reads have to hide. */
export const EXPIRY = `
CREATE INDEX thread_by_end ON thread (project, expires_at) WHERE ttl_strategy = 'delete';
`;
