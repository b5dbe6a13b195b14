export { type PageRequest, pageOfRows, startOf } from '#platform/rest/page.ts';
