import { exampleIds as ids, exampleTime as time } from './ids.ts';

export const exampleWebhookInput = {
  url: 'https://shop.example.com/hooks/maquette',
  description: 'Shop',
  events: ['model_processed', 'model_rejected'],
};

export const exampleWebhook = {
  ...exampleWebhookInput,
  id: ids.webhook,
  projectId: null,
  enabled: true,
  disabledBecause: null,
  failingSince: null,
  previousSecretUntil: null,
  revision: 1,
  createdAt: time,
  updatedAt: time,
};

const exampleAttempt = { number: 1, at: time, status: 200, milliseconds: 41, response: 'ok', error: null };

export const exampleDelivery = {
  id: ids.delivery,
  webhookId: ids.webhook,
  messageId: 'evt_184',
  eventType: 'model_processed',
  state: 'succeeded',
  attempts: 1,
  nextAttemptAt: null,
  lastAttempt: exampleAttempt,
  replayOf: null,
  createdAt: time,
  finishedAt: time,
};

export const exampleDeliveryDetails = {
  ...exampleDelivery,
  log: [exampleAttempt],
  body: '{"id":"184","type":"model_processed", …}',
};
