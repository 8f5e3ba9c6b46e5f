/** Where Prometheus looks by default. */
export { GET } from '../api/v1/metrics/route';
