/** By what the demo's web application is known, and told from others. */
export const demoService = {
  name: 'shop-web',
  namespace: 'yagura-demo',
  environment: 'demo',
} as const;
