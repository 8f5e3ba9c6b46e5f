import { z } from 'zod';
import * as activity from './activity';
import * as admin from './admin';
import * as advice from './advice';
import * as alerts from './alerts';
import * as clusters from './clusters';
import * as compare from './compare';
import * as disks from './disks';
import type { Role } from './fields';
import * as headroom from './headroom';
import * as incidents from './incidents';
import * as instances from './instances';
import * as inventory from './inventory';
import * as load from './load';
import * as log from './log';
import * as metrics from './metrics';
import * as progress from './progress';
import * as reads from './reads';
import * as routing from './route';
import * as scrapes from './scrapes';
import * as services from './services';
import * as statementTags from './statement-tags';
import * as statements from './statements';
import * as tables from './tables';
import * as verdict from './verdict';
import * as walls from './walls';

/** One call of the API: who may, what goes in, what comes out. Routes are made from it and OpenAPI is derived from it. */
export type Operation = {
  summary: string;
  role: Role;
  query?: z.ZodType;
  body?: z.ZodType;
  /** Bytes of the body, where the usual limit is too small. */
  bodyLimit?: number;
  response: z.ZodType | null;
  status?: number;
  /** What the answer is, when it is not JSON. */
  media?: string;
  /** Other statuses that carry the same answer, and what they say. */
  also?: Record<number, string>;
};

/** Every call below /api/v1. */
export const operations = {
  'GET /instances': {
    summary: 'All watched instances',
    role: 'viewer',
    response: instances.instancesBody,
  },
  'POST /instances': {
    summary: 'Watch an instance',
    role: 'admin',
    body: instances.instanceInput,
    response: instances.instanceBody,
    status: 201,
  },
  'GET /instances/{id}': {
    summary: 'One instance',
    role: 'viewer',
    response: instances.instanceBody,
  },
  'PATCH /instances/{id}': {
    summary:
      'Change an instance; another host, port, user or TLS mode discards the stored password',
    role: 'admin',
    body: instances.instancePatch,
    response: instances.instanceBody,
  },
  'DELETE /instances/{id}': {
    summary: 'Stop watching an instance',
    role: 'admin',
    response: null,
    status: 204,
  },
  'POST /instances/test': {
    summary: 'Connect once and say what could be seen, without storing',
    role: 'admin',
    body: instances.instanceTest,
    response: instances.instanceTestBody,
  },
  'GET /instances/{id}/health': {
    summary: 'Per metric, whether it is read; and what watching costs',
    role: 'viewer',
    response: instances.instanceHealthBody,
  },
  'GET /instances/{id}/settings': {
    summary: 'Settings that differ from what is built in first, their changes, extensions',
    role: 'viewer',
    response: inventory.settingsBody,
  },
  'GET /instances/{id}/check': {
    summary: 'Whether it may serve right now, as a status: for HAProxy and other load balancers',
    role: 'viewer',
    query: routing.checkQuery,
    response: routing.checkBody,
    also: { 503: 'It may not serve now; the reason is in the answer' },
  },
  'DELETE /demo': {
    summary: 'Take the demo fleet away',
    role: 'admin',
    response: null,
    status: 204,
  },
  'GET /metrics': {
    summary: 'Prometheus exposition; also at /metrics of the server',
    role: 'viewer',
    response: z.string(),
    media: 'text/plain',
  },
  'GET /catalog': { summary: 'Every metric', role: 'viewer', response: metrics.catalogBody },
  'GET /series': {
    summary: 'A column over time; counters per second unless raw=1',
    role: 'viewer',
    query: metrics.seriesQuery,
    response: metrics.seriesBody,
  },
  'GET /executions': {
    summary: 'The slowest executions that server logs had',
    role: 'viewer',
    query: log.executionsQuery,
    response: log.executionsBody,
  },
  'GET /statements': {
    summary: 'What ran in a window, ranked',
    role: 'viewer',
    query: statements.statementsQuery,
    response: statements.statementsBody,
  },
  'GET /statements/compare': {
    summary: 'Two windows side by side, or the time before and after an event; regressions first',
    role: 'viewer',
    query: compare.statementsCompareQuery,
    response: compare.statementsCompareBody,
  },
  'GET /statements/tags': {
    summary: 'What ran in a window, summed by a tag of its comments',
    role: 'viewer',
    query: statementTags.tagGroupsQuery,
    response: statementTags.tagGroupsBody,
  },
  'GET /statements/{id}': {
    summary: 'One statement with series, tables, plans, advice',
    role: 'viewer',
    query: statements.statementQuery,
    response: statements.statementDetailBody,
  },
  'POST /statements/{id}/explain': {
    summary: 'The plan of a statement, or why there is none',
    role: 'operator',
    body: statements.explainInput,
    response: statements.explainBody,
  },
  'GET /tables': {
    summary: 'Tables with size, rows, use and partitions, ordered',
    role: 'viewer',
    query: tables.tablesQuery,
    response: tables.tablesBody,
  },
  'GET /tables/{id}': {
    summary: 'One table (`schema.name`) with columns, indexes, keys and partitions',
    role: 'viewer',
    query: tables.tableQuery,
    response: tables.tableBody,
  },
  'GET /activity': {
    summary: 'Live sessions of an instance, and who waits for whom',
    role: 'viewer',
    query: activity.activityQuery,
    response: activity.activityBody,
  },
  'GET /advice': {
    summary: 'What is worth changing: indexes and statements, the most valuable first',
    role: 'viewer',
    query: advice.adviceQuery,
    response: advice.adviceBody,
  },
  'GET /progress': {
    summary: 'Long operations under way on an instance, with their progress',
    role: 'viewer',
    query: progress.progressQuery,
    response: progress.progressBody,
  },
  'GET /load': {
    summary: 'Average active sessions over time, by what they are sliced by',
    role: 'viewer',
    query: load.loadQuery,
    response: load.loadBody,
  },
  'POST /activity/cancel': {
    summary: 'Cancel what a session runs; pid and start must both fit',
    role: 'operator',
    body: activity.signalInput,
    response: activity.signalBody,
  },
  'POST /activity/terminate': {
    summary: 'End a session; pid and start must both fit',
    role: 'operator',
    body: activity.signalInput,
    response: activity.signalBody,
  },
  'GET /plans/{id}': { summary: 'One plan', role: 'viewer', response: statements.planBody },
  'POST /plans/read': {
    summary: 'A plan from the text or JSON of EXPLAIN, with findings; nothing is stored',
    role: 'viewer',
    body: statements.planReadInput,
    bodyLimit: 3 * 1024 * 1024,
    response: statements.planReadBody,
  },
  'GET /plans/compare': {
    summary: 'Two plans side by side',
    role: 'viewer',
    query: statements.plansCompareQuery,
    response: statements.plansCompareBody,
  },
  'GET /clusters': {
    summary: 'All clusters, worst first',
    role: 'viewer',
    response: clusters.clustersBody,
  },
  'GET /clusters/{id}': {
    summary: 'One cluster',
    role: 'viewer',
    response: clusters.clusterDetailBody,
  },
  'GET /clusters/{id}/replication': {
    summary: 'Primary, replicas and their lag',
    role: 'viewer',
    response: clusters.replicationBody,
  },
  'GET /clusters/{id}/verdict': {
    summary: 'Which layer moved first in the last quarter of an hour, with the evidence',
    role: 'viewer',
    response: verdict.verdictBody,
  },
  'GET /clusters/{id}/compare': {
    summary: 'The headline series of each layer in two windows, or before and after an event',
    role: 'viewer',
    query: compare.headlinesCompareQuery,
    response: compare.headlinesCompareBody,
  },
  'GET /clusters/{id}/headroom': {
    summary: 'What gives out first when load grows, and the assumption behind it',
    role: 'viewer',
    response: headroom.headroomBody,
  },
  'GET /clusters/{id}/disks': {
    summary: 'The filesystems of data and logs of changes: how full, days to full, what grew',
    role: 'viewer',
    response: disks.disksBody,
  },
  'GET /clusters/{id}/route': {
    summary: 'Which replicas may serve a read right now, with the reason for each that may not',
    role: 'viewer',
    query: routing.routeQuery,
    response: routing.routeBody,
  },
  'GET /services': {
    summary: 'Services that send OpenTelemetry: requests, errors, durations, objectives',
    role: 'viewer',
    query: services.servicesQuery,
    response: services.servicesBody,
  },
  'GET /services/{id}': {
    summary: 'One service: series, routes, statements, N+1, where the time goes',
    role: 'viewer',
    query: services.serviceQuery,
    response: services.serviceDetailBody,
  },
  'PATCH /services/{id}': {
    summary: 'Say which cluster a service works with, or change its latency budget',
    role: 'editor',
    body: services.servicePatch,
    response: services.serviceBody,
  },
  'GET /clusters/{id}/reads': {
    summary: 'Which reads of services need which consistency, and who satisfies each now',
    role: 'viewer',
    response: reads.readPathsBody,
  },
  'POST /clusters/{id}/reads': {
    summary: 'Register a screen or read with the consistency it needs',
    role: 'operator',
    body: reads.readPathInput,
    response: reads.readPathBody,
    status: 201,
  },
  'PATCH /reads/{id}': {
    summary: 'Change the consistency that a registered read needs',
    role: 'operator',
    body: reads.readPathPatch,
    response: reads.readPathBody,
  },
  'DELETE /reads/{id}': {
    summary: 'Take a read out of the register',
    role: 'operator',
    response: null,
    status: 204,
  },
  'GET /clusters/{id}/scrapes': {
    summary: 'Applications whose /metrics are fetched, and how that went',
    role: 'viewer',
    response: scrapes.scrapesBody,
  },
  'POST /clusters/{id}/scrapes': {
    summary: 'Fetch the /metrics of an application each 15 s as a service of this cluster',
    role: 'editor',
    body: scrapes.scrapeInput,
    response: scrapes.scrapeBody,
    status: 201,
  },
  'DELETE /scrapes/{id}': {
    summary: 'Fetch the metrics of an application no more; what was read of it stays',
    role: 'editor',
    response: null,
    status: 204,
  },
  'POST /services/{id}/objectives': {
    summary: 'Add an objective; the answer is the service with all of them',
    role: 'editor',
    body: services.objectiveInput,
    response: services.serviceBody,
    status: 201,
  },
  'PATCH /objectives/{id}': {
    summary: 'Replace what an objective says; the answer is the service with all of them',
    role: 'editor',
    body: services.objectiveInput,
    response: services.serviceBody,
  },
  'DELETE /objectives/{id}': {
    summary: 'Remove an objective',
    role: 'editor',
    response: null,
    status: 204,
  },
  'GET /events': {
    summary: 'Marks on the charts',
    role: 'viewer',
    query: metrics.eventsQuery,
    response: metrics.eventsBody,
  },
  'POST /events': {
    summary: 'Mark a deploy, a migration or a note',
    role: 'operator',
    body: metrics.eventInput,
    response: metrics.eventBody,
    status: 201,
  },
  'GET /rules': {
    summary: 'Alert rules: defaults of the metrics, changed ones, made ones',
    role: 'viewer',
    response: alerts.rulesBody,
  },
  'POST /rules': {
    summary: 'Make an alert rule on a column of a metric',
    role: 'editor',
    body: alerts.ruleInput,
    response: alerts.ruleBody,
    status: 201,
  },
  'PATCH /rules': {
    summary: 'Change a rule; a changed condition closes its alerts with that reason',
    role: 'editor',
    body: alerts.rulePatch,
    response: alerts.ruleBody,
  },
  'DELETE /rules': {
    summary: 'Delete a rule that was made; give a changed default back its defaults',
    role: 'editor',
    query: alerts.ruleQuery,
    response: null,
    status: 204,
  },
  'POST /rules/backtest': {
    summary: 'What a rule would have done over past days; nothing is stored',
    role: 'viewer',
    body: alerts.backtestInput,
    response: alerts.backtestBody,
  },
  'GET /alerts': {
    summary: 'Alerts with their history, firing first',
    role: 'viewer',
    query: alerts.alertsQuery,
    response: alerts.alertsBody,
  },
  'POST /alerts/{id}/ack': {
    summary: 'Say that you know: no repeats for a while, or until it gets worse',
    role: 'operator',
    body: alerts.ackInput,
    response: alerts.alertBody,
  },
  'GET /incidents': {
    summary: 'Incidents, open ones first, and how quickly they went month by month',
    role: 'viewer',
    query: incidents.incidentsQuery,
    response: incidents.incidentsBody,
  },
  'POST /incidents': {
    summary:
      'Open an incident, by hand or from an alert; what is known of its cluster is kept with it',
    role: 'operator',
    body: incidents.incidentInput,
    response: incidents.incidentDetailBody,
    status: 201,
  },
  'GET /incidents/{id}': {
    summary: 'An incident: timeline, evidence, mitigations with their effect, review, similar ones',
    role: 'viewer',
    response: incidents.incidentDetailBody,
  },
  'PATCH /incidents/{id}': {
    summary: 'Change its title, severity, begin, phase or review',
    role: 'operator',
    body: incidents.incidentPatch,
    bodyLimit: 256 * 1024,
    response: incidents.incidentDetailBody,
  },
  'POST /incidents/{id}/events': {
    summary: 'Add a note or a mitigation to its timeline',
    role: 'operator',
    body: incidents.incidentEventInput,
    response: incidents.incidentDetailBody,
    status: 201,
  },
  'GET /incidents/{id}/review': {
    summary: 'The review as a Markdown document',
    role: 'viewer',
    query: incidents.reviewQuery,
    response: z.string(),
    media: 'text/markdown',
  },
  'GET /silences': {
    summary: 'Silences and maintenance now and to come',
    role: 'viewer',
    response: alerts.silencesBody,
  },
  'POST /silences': {
    summary: 'Hide messages of a rule, an instance or a cluster for a time; states go on',
    role: 'operator',
    body: alerts.silenceInput,
    response: alerts.silenceBody,
    status: 201,
  },
  'DELETE /silences/{id}': {
    summary: 'End a silence now',
    role: 'operator',
    response: null,
    status: 204,
  },
  'GET /channels': {
    summary: 'Where messages go; never a secret',
    role: 'viewer',
    response: alerts.channelsBody,
  },
  'POST /channels': {
    summary: 'Add a channel: Slack, a signed webhook or PagerDuty',
    role: 'admin',
    body: alerts.channelInput,
    response: alerts.channelBody,
    status: 201,
  },
  'PATCH /channels/{id}': {
    summary: 'Change a channel',
    role: 'admin',
    body: alerts.channelPatch,
    response: alerts.channelBody,
  },
  'DELETE /channels/{id}': {
    summary: 'Remove a channel with its deliveries',
    role: 'admin',
    response: null,
    status: 204,
  },
  'POST /channels/{id}/test': {
    summary: 'Send a test the way alerts go, and give the real answer',
    role: 'admin',
    response: alerts.channelTestBody,
  },
  'GET /deliveries': {
    summary: 'Every message with its attempts, newest first',
    role: 'viewer',
    query: alerts.deliveriesQuery,
    response: alerts.deliveriesBody,
  },
  'POST /deliveries/{id}/replay': {
    summary: 'Send a message that was given up once more',
    role: 'operator',
    response: null,
    status: 204,
  },
  'GET /me': { summary: 'Who calls, and their sessions', role: 'viewer', response: admin.meBody },
  'DELETE /me/sessions/{id}': {
    summary: 'End one of your sessions',
    role: 'viewer',
    response: null,
    status: 204,
  },
  'GET /tokens': { summary: 'API tokens', role: 'admin', response: admin.tokensBody },
  'POST /tokens': {
    summary: 'Make an API token; it is shown once',
    role: 'admin',
    body: admin.tokenInput,
    response: admin.tokenMadeBody,
    status: 201,
  },
  'DELETE /tokens/{id}': {
    summary: 'Revoke an API token',
    role: 'admin',
    response: null,
    status: 204,
  },
  'GET /walls': {
    summary: 'Walls and who looks at them',
    role: 'editor',
    response: walls.wallsBody,
  },
  'POST /walls': {
    summary: 'Make a wall; its link is shown once',
    role: 'editor',
    body: walls.wallInput,
    response: walls.wallMadeBody,
    status: 201,
  },
  'PATCH /walls/{id}': {
    summary: 'Change what a wall shows; its link stays',
    role: 'editor',
    body: walls.wallPatch,
    response: walls.wallBody,
  },
  'DELETE /walls/{id}': {
    summary: 'Revoke the link of a wall',
    role: 'editor',
    response: null,
    status: 204,
  },
  'GET /users': { summary: 'Users', role: 'admin', response: admin.usersBody },
  'POST /users': {
    summary: 'Add a user, who gets a one-time link',
    role: 'admin',
    body: admin.userInput,
    response: admin.userMadeBody,
    status: 201,
  },
  'PATCH /users/{id}': {
    summary: 'Change a user',
    role: 'admin',
    body: admin.userPatch,
    response: admin.userBody,
  },
  'GET /audit': {
    summary: 'What people and tokens did',
    role: 'admin',
    query: admin.auditQuery,
    response: admin.auditBody,
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;
