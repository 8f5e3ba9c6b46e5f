/** What a piece of the shop's work is given, and which rows it asks for. */
import type pg from 'pg';

export type Db = pg.Client;
/** Waits a while of the shop's time; true when the demo is to stop. */
export type Linger = (ms: number) => Promise<boolean>;
export type Work = (db: Db, random: () => number, linger: Linger) => Promise<void>;

export const pick = (random: () => number, n: number) => 1 + Math.floor(random() * n);
/** Few products are in great demand, so that their rows are fought over. */
export const popular = (random: () => number) => 1 + Math.floor(random() ** 3 * 40);
