/** How the login of a MySQL or MariaDB is tried before it is watched. */
import { metrics } from '@/collectors/catalog';
import type { ConnectionProbe } from '@/collectors/run/test-connection';
import { mysqlAccountScript } from '@/lib/inventory/mysql-account-script';
import { type Flavour, queryFor } from '@/lib/metric/define-metric';
import { connectTo } from './engine';
import { excessRights } from './excess-rights';
import { identify, productName, versionText } from './identify';
import { checkNeeds } from './needs';
import { testMysqlExplainLogin } from './test-explain-login';

export const mysqlProbe = (flavour: Flavour): ConnectionProbe => ({
  metrics: metrics.filter(({ engine }) => engine === 'mysql'),
  async connect(target, applicationName) {
    const session = await connectTo(flavour, target, applicationName);
    return {
      identify: () => identify(session),
      checkNeeds: (needs) => checkNeeds(session, needs),
      excessRights: () => excessRights(session),
      close: () => session.close(),
    };
  },
  testExplainLogin: (login, watching, applicationName) =>
    testMysqlExplainLogin(flavour, login, watching, applicationName),
  roleScript: ({ user, tls }) =>
    mysqlAccountScript({ flavour, user, host: '', requireTls: tls !== 'off' }),
  missingRelease(metric, server) {
    if (metric.origin !== 'query' && metric.origin !== 'sampled') return null;
    if (queryFor(metric, server.majorVersion, flavour) !== null) return null;
    const first = metric.queries.find((query) => query.flavour === flavour);
    if (first) return `${productName[flavour]} ${versionText(first.from)}`;
    return productName[flavour === 'mysql' ? 'mariadb' : 'mysql'];
  },
});
