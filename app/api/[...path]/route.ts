import { notFound } from '@/lib/auth/http-error';
import { publicRoute } from '@/lib/auth/route';

/** An address that is no call of the API is answered in the API's own shape. */
const nothing = publicRoute({
  async handle() {
    throw notFound('call');
  },
});

export {
  nothing as DELETE,
  nothing as GET,
  nothing as HEAD,
  nothing as OPTIONS,
  nothing as PATCH,
  nothing as POST,
  nothing as PUT,
};
