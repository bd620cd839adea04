/** The most entries of a page, whatever is listed, and how many one has where the request does not say. */
export const MAX_PAGE_SIZE = 1000;
export const DEFAULT_PAGE_SIZE = 10;

/** How deep a body may nest around documents: Python's parser gives up there too. Deeper brackets are only work. */
export const MAX_BODY_DEPTH = 1000;

/** What is read, sent to a worker or stored in one go of something long: it is worked on for some milliseconds. */
export const PORTION_BYTES = 256 * 1024;
