PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO _sqlx_migrations VALUES(1,'seed tables','2026-11-24 17:08:09',1,X'e9a2bfded0f6f47d4fcce5b65106560268dcb70bf66dd62325ae39330c49c9ff5bab24b52bf59a526deb16b11538fe12',969864);
INSERT INTO _sqlx_migrations VALUES(2,'malsync','2026-11-24 17:08:09',1,X'72ca493f1b589cc1856267c8d73651c22b22bb67fe5349d6130f6f21f310d722ba5874083ba82a305fed484bfa43d108',23712545);
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username VARCHAR(50) UNIQUE NOT NULL,
    email VARCHAR(100) UNIQUE,
    mal_access_token TEXT,
    mal_refresh_token TEXT,
    mal_token_expires_at TIMESTAMP,
    last_mal_sync TIMESTAMP,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
, mal_user_id BIGINT, mal_client_id TEXT, mal_token_issued_at TIMESTAMP, mal_token_generation BIGINT NOT NULL DEFAULT 0, mal_needs_login BOOLEAN NOT NULL DEFAULT FALSE, mal_login_at TIMESTAMP, mal_list_watermark TIMESTAMP, mal_list_drift INTEGER, last_full_sync TIMESTAMP);
INSERT INTO users VALUES(1,'alice',NULL,'malsync1.0ff1972a.srrrW4y7_cQgsYuhaQZooG8r9u_ujVnHuHYWoRRrqp9ECBdJZipdoF4fqKabMujcnyubelyunrgsi_RkIHLKpCXKL_PRSFgJxBFCTlS01wJAinQBOykGUdnLHKCJ_Z3AV4iOr68YLGPvTXdfmwbU_wzI-8EoqLFcNxEs5PTfvTEnK0HL4KuFTtC2dasOtOsKJZ5hEeoGGQMT5w3O9wqkrNWyu40xI_oHlB-61-2gU99yJIgsuiGVp7FaFd8VRdztf1H7WeNf-l9KI5LkStrMwotl-gEHZK6c5FkaAGWSb8jYzMcw3p3wDvt3S3F9q3OsvfsmsJDy7t0Buh95lvfp2vTo-0tJdozkU2SEnvEL6f-2E01GNu5BBd7NpBvtH4uAyk2cjIoYxQDb2AiPHzk_3rl965ms5PkXcNHQhFHcFjL4uhuccigNgh0-TXpx0of3kU1mTozaG3xRW4CuGpLMZW3Whh5QlZQJyv-Z0bnBNPKYEkEcwnDlJfV71qbLMBsTM0cU3x8SbU_CfMG2vMYu8uxmDzukwMPJnIL1tCxcZTBz480F-9mJlLToBqaXd3AV5ov-JGTC91fip94j6QKyWek7CJTbtInaPrkKB-_u3imZIqDx7csrVqjWlLn-I9X-e0eSemujEDaYBqeMvMzxg_Iou8IyhD6RkKR-R9kaoT-mCKL0eXjEweL_JMQgWFyP8UcfZ_A_CJeyZr483Got35Tgxs_diHBZCOKFo1wpxvF9REg68KZv1UR-XgjxmUzP5niSWEWhOwA5P-n3dcw98p9gvaEKJztAyk0hHVz1EidsYGz1mFUBovLfB8HeeUoj2AESUgjBTnhMeJIX-d-KenCDyAmO6K4XNrh9lm3M3bRA3N4RaDJrnQlosgpw390wv-KhUX2pIKwetUDLDHyoNn5zIRKB5KWcI6X7qYFTJLKF3frqI4XZTWeRAnETqIFgCWtOsxpH2GUh5FYweSnaj4sIRO7Z9tsu5tmhRM-sSHoFN_rU5EfvEmfWnVQlnm8LmRrbX0GKa7w_cSe7ksWO67wwwz1KXy9vbfvBvFagS_SMjrjLi05flNuvym3IMsXXIOt8GNTtmi07re9cT6fDvvkhU8YEiIwaOlIqg6lBPihl0yEuJzhZSwVkxkcwiPREPVwbIsZcyXpLjZNHyClAEM5p2fn5rGtgO5WVygrih1UaflsC2B3WG4owDgdEHnjskDdYCb2d_A0HoOzra1hrIgHC5s5WbBAG_PitQsVuvKgFKs6hv75SohQeC6TiMPcY3hj4Jogm7BndnhHGowpRZyy7waNH6Vy04tzvkqCtKJzbZnqQOnoMp_oUkAY1UgwH_1P_HY7dCD1ktoSNxyjvGWj59ByEVaJb0nj0Lvlt_O42GpxizIZiCli13E20GUR6UD8h6z2HE6AW89TP0AxntenPT92cUpa2o27spsCZpjx9hcgnDs0tQ_ZQys-_DMFxIiZYgBBJSSYX5NlQtlVF9X7-_SxNh0PYznGrIY51CpW0jfuYQ3u7rWrkD9BmBPINmtX5Yy7usZ0','malsync1.0ff1972a.fZ145SwqQWNNfyY8Sb50Dk-tPXxxFw8ACmPAtaBC8ICkPmT53BX2SuqarMbHzR4iwgr2e_qh8V6q9VjI4BSz1UMG4XVexsZJPDPMg_9yw-rb646eGVgtegxx3bLLqRCMQ6saEHuG_mJClCjCs4sqMWndgajQ9p7kHrgy7VqvnMkWQXlhcD_hL9-5G8g0hCQMu_KRU2UuwbhdhTjNxfwGtJov6gre6dua2U56Z7lIESOoNwQbrFxQ-aswRNlfJYiNZE8WfLwTUOR9WSe_pdFzCdf0S77qkP9C66IKsfVbRRQ_IxfS6cEFeWsXHJboCk0fsrl3h49psp6MBsdFpndY77M1wkep--K8IE3iVsZtg28HT9w0WUnkb3XpPxcsCPyPjzc3EGXkl3I5DoZHlfhyYfpGxyQ0hkFJ45h7gZpRlIDJXhta9HHNQ_UxZ4nj0p2X64E2xGnAUfSCJM9yakezK0Txvn7-zobT1BbZFBKDRqw5QkJJkbJEPqkHztMwQ4lcaIOVYMVN7YHLECDY2n9WHEVfJtKa9wRKqYNrpiBaf37hHDA5XLUGcQipBHNwbx7h7Dku9Erxe-JoAfj1HNDgfEnczJGeEG0bjBPOd0pvmY08dEtEPmswYq3AW_Fv10sc_3MPTLKKhfiXOQEDNO04WqlbBl3LZy10vg8pDQvYA926cLZM675H-xfw8lpRGAvUBVVta6VjPrPYz3N0QprisJf399Q_oyEgInaNMG9dye65peIovUsmTw_mk6PyQOXPlCZMD4ugUrw7EjvK36VSgH6HCwQ9jQ-ooEwgYkiiw5RmRrVHVW2dnbQE4NgLjCyyTDZew_So8su8wPvZebtao9i3OreEGCuW_mOiOcqrGaDJCficdWhNAhR5dMCslayTSO3kfQxetIWzuC0GoGQhjziYjXg-uS9451z2sE6KgPZFRwqZ2DqKXsweGv8QUdRpaXz9hWd8LP9_82H3zZ9wP6S-ukn1Fo0xkrwb_Z60RsWIR9WNp36J0hY_PwLEzjJ0077AaKLM00XHVPwV-PXpgp_9d2XfbO4KE1DPpH8ETBBQqNjqzfDCIH4vOwr1rRf2t9jB1vMr3pO6YU41mDuVC7pyiPX9hNqs7Kvuaspu8pmmuiUUQOs5_JzP-10fVbTKIYm6KQj-0isdffmZrP43P52DzlHGTZP0oO5fmWn2xR6jO9sA-6x0vi2Y4ILXewt5zFiY6pXnBEic6Nm7MGh5W0U9qL76fQbSnn1L5iPEDrXsIeYnP8ufqR_W0iLSCI0cO9yxo3LPajGZwH3s8ju9O4_6omjLgRfNEJXYoFAZ82I9N2sgP_9rhyFNgUeM7w','2999-01-01 00:00:00','2026-11-24 17:08:11','2026-11-24 17:08:09','2026-11-24 17:08:11',2326643,'00112233445566778899aabbccddeeff','2026-11-24 17:08:09',1,0,'2026-11-24 17:08:09','2024-10-05 05:49:45',0,'2026-11-24 17:08:11');
CREATE TABLE anime (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    mal_id INTEGER UNIQUE NOT NULL,
    title VARCHAR(500) NOT NULL,
    title_english VARCHAR(500),
    synopsis TEXT,
    episodes INTEGER,
    status VARCHAR(20),
    score DECIMAL(3,2),
    rank INTEGER,
    popularity INTEGER,
    aired_from DATE,
    aired_to DATE,
    image_url TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
, media_type TEXT, nsfw TEXT, title_japanese TEXT, aired_from_precision TEXT, aired_to_precision TEXT);
INSERT INTO anime VALUES(1,4,'Gobun no Hanataba ∬',NULL,replace('A retired witch opens a small restaurant at the edge of the forest; her guests are seldom human. Every night at 3:33 the school''s clock runs backwards, and one classroom is never where it was. "Everything that is lost ends up here," says the librarian, and hands over a key.\n\n(Source: publisher, translated)','\n',char(10)),12,'finished_airing',5.2199999999999997513,2827,17008,'2019-12-04','2020-03-28','https://cdn.myanimelist.net/images/anime/1572/42670l.jpg','2026-11-24 17:08:10','2026-11-24 17:08:10','tv','white','青いエンジン森','day','day');
INSERT INTO anime VALUES(2,6,'K','K',replace('In a town where the trains stopped running years ago, a quiet student finds a ticket dated tomorrow. As the tournament draws near, old promises between the team''s members come to light.\n\n"Everything that is lost ends up here," says the librarian, and hands over a key. The crew of a salvage ship drifts between colonies, taking any job that pays for the next day''s air. The kingdom''s worst swordsman is chosen to guard its smallest door, and learns what lies behind it. Her brother''s last letter holds a map of a country that no atlas shows. With debts mounting, the agency accepts a case that the police closed twenty years before. Every night at 3:33 the school''s clock runs backwards, and one classroom is never where it was.\n\n(Source: publisher, translated)','\n',char(10)),1,'finished_airing',4.7000000000000001776,8877,6859,'2013-10-28','2013-10-28','https://api-cdn.myanimelist.net/images/anime/1027/75554l.jpg','2026-11-24 17:08:10','2026-11-24 17:08:10','movie','white','花青い','day','day');
INSERT INTO anime VALUES(3,8,'=1+1','=1+1',replace('In a town where the trains stopped running years ago, a quiet student finds a ticket dated tomorrow.\n\nAs the tournament draws near, old promises between the team''s members come to light. But the machine that was built to end the war has decided to learn the piano instead. What begins as a bet among classmates soon becomes the strangest film that the club has ever made. Every night at 3:33 the school''s clock runs backwards, and one classroom is never where it was. Every night at 3:33 the school''s clock runs backwards, and one classroom is never where it was. The crew of a salvage ship drifts between colonies, taking any job that pays for the next day''s air. As the tournament draws near, old promises between the team''s members come to light.\n\n(Source: publisher, translated)','\n',char(10)),1,'finished_airing',6.6600000000000001421,3245,19188,'2013-02-16','2013-02-16','https://api-cdn.myanimelist.net/images/anime/510/13095l.jpg','2026-11-24 17:08:10','2026-11-24 17:08:10','movie','white','の歌夢空','day','day');
INSERT INTO anime VALUES(4,10,'-Zero Minus-','-Zero Minus-',replace('In a town where the trains stopped running years ago, a quiet student finds a ticket dated tomorrow. As the tournament draws near, old promises between the team''s members come to light.\n\nAs the tournament draws near, old promises between the team''s members come to light. The crew of a salvage ship drifts between colonies, taking any job that pays for the next day''s air.\n\n[Written by MAL Rewrite]','\n',char(10)),50,'finished_airing',7.3799999999999998934,1879,5606,'2005-01-06','2006-01-28','https://api-cdn.myanimelist.net/images/anime/1239/132859l.jpg','2026-11-24 17:08:10','2026-11-24 17:08:10','tv','white','の旅青いカーニバル物語','day','day');
INSERT INTO anime VALUES(5,13,'Robert''); DROP TABLE anime;--',NULL,replace('After an accident during the summer festival, two rivals wake up able to hear each other''s thoughts. Together they must cross the frozen province before the spring council - or lose their names for good.\n\nAfter an accident during the summer festival, two rivals wake up able to hear each other''s thoughts. The crew of a salvage ship drifts between colonies, taking any job that pays for the next day''s air. Nobody believes the lighthouse keeper''s daughter when she says that the sea has begun to sing.\n\nA retired witch opens a small restaurant at the edge of the forest; her guests are seldom human.\n\n[Written by MAL Rewrite]','\n',char(10)),2,'finished_airing',7.5199999999999995736,11395,7999,'2015-02-04','2015-02-28','https://cdn.myanimelist.net/images/anime/374/96071l.jpg','2026-11-24 17:08:10','2026-11-24 17:08:10','special','gray','雪探偵黒い','day','day');
INSERT INTO anime VALUES(6,15,'<b>Bold</b> & Brave',NULL,replace('Every night at 3:33 the school''s clock runs backwards, and one classroom is never where it was. What begins as a bet among classmates soon becomes the strangest film that the club has ever made.\n\nWhat begins as a bet among classmates soon becomes the strangest film that the club has ever made. Together they must cross the frozen province before the spring council - or lose their names for good.\n\n[Written by MAL Rewrite]','\n',char(10)),1,'finished_airing',6.6399999999999996802,3608,13230,'2007-06-18','2007-06-18','https://api-cdn.myanimelist.net/images/anime/1399/131324l.jpg','2026-11-24 17:08:10','2026-11-24 17:08:10','ona','white','花森風','day','day');
INSERT INTO anime VALUES(7,18,'../../etc/passwd','../../etc/passwd',replace('A retired witch opens a small restaurant at the edge of the forest; her guests are seldom human. But the machine that was built to end the war has decided to learn the piano instead. The kingdom''s worst swordsman is chosen to guard its smallest door, and learns what lies behind it. The crew of a salvage ship drifts between colonies, taking any job that pays for the next day''s air. Nobody believes the lighthouse keeper''s daughter when she says that the sea has begun to sing. He has three wishes, two friends, and only one day left before the world is put back as it was. It is an ordinary year, apart from the dragon that moved in next door. What begins as a bet among classmates soon becomes the strangest film that the club has ever made.\n\nA retired witch opens a small restaurant at the edge of the forest; her guests are seldom human.\n\n(Source: publisher, translated)','\n',char(10)),12,'finished_airing',5.580000000000000071,7200,3835,'2004-12-09','2005-03-28','https://api-cdn.myanimelist.net/images/anime/1577/26137l.jpg','2026-11-24 17:08:10','2026-11-24 17:08:10','tv','white','森月空森','day','day');
INSERT INTO anime VALUES(8,19,'100% Perfect %s {} $1 \ :name',NULL,replace('Together they must cross the frozen province before the spring council - or lose their names for good. Nobody believes the lighthouse keeper''s daughter when she says that the sea has begun to sing. He has three wishes, two friends, and only one day left before the world is put back as it was.\n\n(Source: publisher, translated)','\n',char(10)),8,'finished_airing',5.580000000000000071,6915,9505,'2025-11-07','2026-01-28','https://cdn.myanimelist.net/images/anime/676/18363l.jpg','2026-11-24 17:08:10','2026-11-24 17:08:10','ona','white','花黒い','day','day');
INSERT INTO anime VALUES(9,21,'星のカーニバル','星のカーニバル',replace('"Everything that is lost ends up here," says the librarian, and hands over a key. As the tournament draws near, old promises between the team''s members come to light. With debts mounting, the agency accepts a case that the police closed twenty years before. Together they must cross the frozen province before the spring council - or lose their names for good.\n\nHe has three wishes, two friends, and only one day left before the world is put back as it was. What begins as a bet among classmates soon becomes the strangest film that the club has ever made. A retired witch opens a small restaurant at the edge of the forest; her guests are seldom human. Together they must cross the frozen province before the spring council - or lose their names for good.\n\n[Written by MAL Rewrite]','\n',char(10)),1,'finished_airing',6.1100000000000003197,10652,8521,'2016-07-14','2016-07-14','https://cdn.myanimelist.net/images/anime/1752/24507l.jpg','2026-11-24 17:08:10','2026-11-24 17:08:10','movie','white','森カーニバル','day','day');
INSERT INTO anime VALUES(10,24,'مغامرات القمر','مغامرات القمر',replace('After an accident during the summer festival, two rivals wake up able to hear each other''s thoughts.\n\nIn a town where the trains stopped running years ago, a quiet student finds a ticket dated tomorrow. The crew of a salvage ship drifts between colonies, taking any job that pays for the next day''s air. What begins as a bet among classmates soon becomes the strangest film that the club has ever made. After an accident during the summer festival, two rivals wake up able to hear each other''s thoughts. In a town where the trains stopped running years ago, a quiet student finds a ticket dated tomorrow.\n\nAfter an accident during the summer festival, two rivals wake up able to hear each other''s thoughts. It is an ordinary year, apart from the dragon that moved in next door. As the tournament draws near, old promises between the team''s members come to light. "Everything that is lost ends up here," says the librarian, and hands over a key. Nobody believes the lighthouse keeper''s daughter when she says that the sea has begun to sing.\n\n[Written by MAL Rewrite]','\n',char(10)),12,'finished_airing',8.3399999999999998578,1889,9261,'2007-09-07','2007-12-28','https://api-cdn.myanimelist.net/images/anime/176/145780l.jpg','2026-11-24 17:08:10','2026-11-24 17:08:10','tv','white','エンジン月','day','day');
INSERT INTO anime VALUES(11,26,'Café Noël: Crème Brûlée','Café Noël: Crème Brûlée',replace('Every night at 3:33 the school''s clock runs backwards, and one classroom is never where it was. With debts mounting, the agency accepts a case that the police closed twenty years before. It is an ordinary year, apart from the dragon that moved in next door. "Everything that is lost ends up here," says the librarian, and hands over a key. He has three wishes, two friends, and only one day left before the world is put back as it was. With debts mounting, the agency accepts a case that the police closed twenty years before.\n\nA retired witch opens a small restaurant at the edge of the forest; her guests are seldom human.\n\n[Written by MAL Rewrite]','\n',char(10)),1,'finished_airing',5.1799999999999997157,11718,13174,'1985-02-27','1985-02-27','https://api-cdn.myanimelist.net/images/anime/1929/13680l.jpg','2026-11-24 17:08:10','2026-11-24 17:08:10','movie','white','伝説エンジン学園','day','day');
INSERT INTO anime VALUES(12,27,'Café Noël: Crème',NULL,replace('"Everything that is lost ends up here," says the librarian, and hands over a key. As the tournament draws near, old promises between the team''s members come to light. After an accident during the summer festival, two rivals wake up able to hear each other''s thoughts. But the machine that was built to end the war has decided to learn the piano instead.\n\nBut the machine that was built to end the war has decided to learn the piano instead.\n\n[Written by MAL Rewrite]','\n',char(10)),1,'finished_airing',8.4499999999999992894,4680,15510,'2025-08-13','2025-08-13','https://cdn.myanimelist.net/images/anime/452/13886l.jpg','2026-11-24 17:08:10','2026-11-24 17:08:10','movie','white','黒い探偵森','day','day');
CREATE TABLE user_anime_lists (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    anime_id INTEGER NOT NULL REFERENCES anime(id) ON DELETE CASCADE,
    status VARCHAR(20) NOT NULL CHECK (status IN ('watching', 'completed', 'on_hold', 'dropped', 'plan_to_watch')),
    score INTEGER CHECK (score >= 0 AND score <= 10),
    episodes_watched INTEGER DEFAULT 0 CHECK (episodes_watched >= 0),
    start_date DATE,
    finish_date DATE,
    notes TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, is_rewatching BOOLEAN NOT NULL DEFAULT FALSE, times_rewatched INTEGER NOT NULL DEFAULT 0, rewatch_value INTEGER NOT NULL DEFAULT 0, priority INTEGER NOT NULL DEFAULT 0, tags TEXT NOT NULL DEFAULT '[]', start_date_precision TEXT, finish_date_precision TEXT, mal_entry TEXT, mal_updated_at TIMESTAMP, removed_at TIMESTAMP,
    UNIQUE(user_id, anime_id)
);
INSERT INTO user_anime_lists VALUES(1,1,1,'completed',9,12,'2019-04-01',NULL,'mine, with an ü and a ''quote''','2026-11-24 17:08:10','2026-11-24 17:08:11',0,0,0,0,'[]','month',NULL,'{"status":"completed","score":9,"num_episodes_watched":12,"is_rewatching":false,"updated_at":"2024-10-05T05:49:45+00:00","priority":0,"num_times_rewatched":0,"rewatch_value":0,"tags":[],"comments":""}','2024-10-05 05:49:45',NULL);
INSERT INTO user_anime_lists VALUES(2,1,2,'plan_to_watch',NULL,0,NULL,NULL,NULL,'2026-11-24 17:08:10','2026-11-24 17:08:11',0,0,0,0,'[]',NULL,NULL,'{"status":"plan_to_watch","score":0,"num_episodes_watched":0,"is_rewatching":false,"updated_at":"2024-06-20T20:49:52+00:00","priority":0,"num_times_rewatched":0,"rewatch_value":0,"tags":[],"comments":""}','2024-06-20 20:49:52',NULL);
INSERT INTO user_anime_lists VALUES(3,1,3,'plan_to_watch',NULL,0,NULL,'2020-01-01','x &amp; y','2026-11-24 17:08:10','2026-11-24 17:08:11',0,3,4,2,'["a","ü"]',NULL,'year','{"status":"plan_to_watch","score":0,"num_episodes_watched":0,"is_rewatching":false,"updated_at":"2020-02-18T18:44:15+00:00","finish_date":"2020","priority":2,"num_times_rewatched":3,"rewatch_value":4,"tags":["a","ü"],"comments":"x &amp;amp; y"}','2020-02-18 18:44:15',NULL);
INSERT INTO user_anime_lists VALUES(4,1,4,'watching',8,3,'2014-09-27',NULL,NULL,'2026-11-24 17:08:10','2026-11-24 17:08:10',0,0,0,0,'[]','day',NULL,'{"status":"watching","score":8,"num_episodes_watched":3,"is_rewatching":false,"updated_at":"2025-08-08T18:35:54+00:00","start_date":"2014-09-27","priority":0,"num_times_rewatched":0,"rewatch_value":0,"tags":[],"comments":""}','2025-08-08 18:35:54',NULL);
INSERT INTO user_anime_lists VALUES(5,1,5,'plan_to_watch',NULL,0,NULL,NULL,NULL,'2026-11-24 17:08:10','2026-11-24 17:08:11',0,0,0,0,'[]',NULL,NULL,'{"status":"plan_to_watch","score":0,"num_episodes_watched":0,"is_rewatching":false,"updated_at":"2024-04-11T23:48:17+00:00","priority":0,"num_times_rewatched":0,"rewatch_value":0,"tags":[],"comments":""}','2024-04-11 23:48:17','2026-11-24 17:08:11');
INSERT INTO user_anime_lists VALUES(6,1,6,'completed',NULL,1,NULL,NULL,NULL,'2026-11-24 17:08:10','2026-11-24 17:08:10',0,0,0,0,'[]',NULL,NULL,'{"status":"completed","score":0,"num_episodes_watched":1,"is_rewatching":false,"updated_at":"2023-06-07T22:45:53+00:00","priority":0,"num_times_rewatched":0,"rewatch_value":0,"tags":[],"comments":""}','2023-06-07 22:45:53',NULL);
INSERT INTO user_anime_lists VALUES(7,1,7,'plan_to_watch',NULL,0,NULL,NULL,'100% / 10','2026-11-24 17:08:10','2026-11-24 17:08:10',0,0,0,0,'[]',NULL,NULL,'{"status":"plan_to_watch","score":0,"num_episodes_watched":0,"is_rewatching":false,"updated_at":"2020-04-28T05:23:59+00:00","priority":0,"num_times_rewatched":0,"rewatch_value":0,"tags":[],"comments":"100% / 10"}','2020-04-28 05:23:59',NULL);
INSERT INTO user_anime_lists VALUES(8,1,8,'completed',2,8,NULL,NULL,NULL,'2026-11-24 17:08:10','2026-11-24 17:08:10',0,0,0,0,'["音楽"]',NULL,NULL,'{"status":"completed","score":2,"num_episodes_watched":8,"is_rewatching":false,"updated_at":"2021-04-19T01:30:27+00:00","priority":0,"num_times_rewatched":0,"rewatch_value":0,"tags":["音楽"],"comments":""}','2021-04-19 01:30:27',NULL);
INSERT INTO user_anime_lists VALUES(9,1,9,'completed',9,1,'2024-06-19','2024-07-19',NULL,'2026-11-24 17:08:10','2026-11-24 17:08:10',0,0,0,1,'[]','day','day','{"status":"completed","score":9,"num_episodes_watched":1,"is_rewatching":false,"updated_at":"2022-09-24T09:18:41+00:00","start_date":"2024-06-19","finish_date":"2024-07-19","priority":1,"num_times_rewatched":0,"rewatch_value":0,"tags":[],"comments":""}','2022-09-24 09:18:41',NULL);
INSERT INTO user_anime_lists VALUES(10,1,10,'completed',7,12,'2013-07-28','2013-08-28','Rewatch before the film.','2026-11-24 17:08:10','2026-11-24 17:08:10',0,0,0,0,'["a/b","favourite"]','day','day','{"status":"completed","score":7,"num_episodes_watched":12,"is_rewatching":false,"updated_at":"2023-04-25T01:33:02+00:00","start_date":"2013-07-28","finish_date":"2013-08-28","priority":0,"num_times_rewatched":0,"rewatch_value":0,"tags":["a/b","favourite"],"comments":"Rewatch before the film."}','2023-04-25 01:33:02',NULL);
INSERT INTO user_anime_lists VALUES(11,1,11,'plan_to_watch',NULL,0,NULL,NULL,NULL,'2026-11-24 17:08:10','2026-11-24 17:08:10',0,0,0,1,'["音楽","c&c"]',NULL,NULL,'{"status":"plan_to_watch","score":0,"num_episodes_watched":0,"is_rewatching":false,"updated_at":"2022-10-07T22:53:55+00:00","priority":1,"num_times_rewatched":0,"rewatch_value":0,"tags":["音楽","c&c"],"comments":""}','2022-10-07 22:53:55',NULL);
INSERT INTO user_anime_lists VALUES(12,1,12,'completed',NULL,1,NULL,NULL,NULL,'2026-11-24 17:08:10','2026-11-24 17:08:10',0,0,0,0,'[]',NULL,NULL,'{"status":"completed","score":0,"num_episodes_watched":1,"is_rewatching":false,"updated_at":"2023-07-14T14:15:46+00:00","priority":0,"num_times_rewatched":0,"rewatch_value":0,"tags":[],"comments":""}','2023-07-14 14:15:46',NULL);
CREATE TABLE sync_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id BIGINT GENERATED ALWAYS AS (id) VIRTUAL,
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    username TEXT,
    mode TEXT NOT NULL DEFAULT 'full',
    force_full BOOLEAN NOT NULL DEFAULT FALSE,
    dry_run BOOLEAN NOT NULL DEFAULT FALSE,
    status TEXT NOT NULL DEFAULT 'RUNNING',
    started_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    finished_at TIMESTAMP,
    duration REAL,
    anime_fetched BIGINT NOT NULL DEFAULT 0,
    anime_created BIGINT NOT NULL DEFAULT 0,
    anime_updated BIGINT NOT NULL DEFAULT 0,
    anime_unchanged BIGINT NOT NULL DEFAULT 0,
    user_lists_created BIGINT NOT NULL DEFAULT 0,
    user_lists_updated BIGINT NOT NULL DEFAULT 0,
    user_lists_unchanged BIGINT NOT NULL DEFAULT 0,
    user_lists_removed BIGINT NOT NULL DEFAULT 0,
    conflicts_resolved BIGINT NOT NULL DEFAULT 0,
    requests BIGINT NOT NULL DEFAULT 0,
    retries BIGINT NOT NULL DEFAULT 0,
    token_refreshes BIGINT NOT NULL DEFAULT 0,
    constraint_violations BIGINT NOT NULL DEFAULT 0,
    errors TEXT NOT NULL DEFAULT '[]'
);
INSERT INTO sync_runs VALUES(1,1,'alice','full',0,0,'SUCCESS','2026-11-24 17:08:10','2026-11-24 17:08:10',0.27100000000000001865,12,12,0,0,12,0,0,0,0,2,0,0,0,'[]');
INSERT INTO sync_runs VALUES(2,1,'alice','full',1,0,'PARTIAL','2026-11-24 17:08:10','2026-11-24 17:08:11',0.25600000000000000532,11,0,0,10,0,3,7,1,3,2,0,0,0,'[{"mal_id":10,"title":"-Zero Minus-","kind":"invalid","message":"score is 11, not within 0 to 10"}]');
INSERT INTO sync_runs VALUES(3,1,'alice','incremental',0,0,'PARTIAL','2026-11-24 17:08:11','2026-11-24 17:08:11',0.19300000000000000488,11,0,0,10,0,0,10,0,0,2,0,0,0,'[{"mal_id":10,"title":"-Zero Minus-","kind":"invalid","message":"score is 11, not within 0 to 10"}]');
CREATE TABLE sync_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id BIGINT NOT NULL REFERENCES sync_runs(id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    mal_id INTEGER NOT NULL,
    at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    field TEXT NOT NULL,
    local TEXT,
    mal TEXT,
    kept TEXT,
    conflict BOOLEAN NOT NULL DEFAULT FALSE,
    rule TEXT NOT NULL DEFAULT 'mal'
);
INSERT INTO sync_changes VALUES(1,1,1,4,'2026-11-24 17:08:10','entry',NULL,'{"status":"completed","score":9,"episodes_watched":12}','{"status":"completed","score":9,"episodes_watched":12}',0,'mal');
INSERT INTO sync_changes VALUES(2,1,1,6,'2026-11-24 17:08:10','entry',NULL,'{"status":"plan_to_watch","score":null,"episodes_watched":0}','{"status":"plan_to_watch","score":null,"episodes_watched":0}',0,'mal');
INSERT INTO sync_changes VALUES(3,1,1,8,'2026-11-24 17:08:10','entry',NULL,'{"status":"plan_to_watch","score":null,"episodes_watched":0}','{"status":"plan_to_watch","score":null,"episodes_watched":0}',0,'mal');
INSERT INTO sync_changes VALUES(4,1,1,10,'2026-11-24 17:08:10','entry',NULL,'{"status":"watching","score":8,"episodes_watched":3}','{"status":"watching","score":8,"episodes_watched":3}',0,'mal');
INSERT INTO sync_changes VALUES(5,1,1,13,'2026-11-24 17:08:10','entry',NULL,'{"status":"plan_to_watch","score":null,"episodes_watched":0}','{"status":"plan_to_watch","score":null,"episodes_watched":0}',0,'mal');
INSERT INTO sync_changes VALUES(6,1,1,15,'2026-11-24 17:08:10','entry',NULL,'{"status":"completed","score":null,"episodes_watched":1}','{"status":"completed","score":null,"episodes_watched":1}',0,'mal');
INSERT INTO sync_changes VALUES(7,1,1,18,'2026-11-24 17:08:10','entry',NULL,'{"status":"plan_to_watch","score":null,"episodes_watched":0}','{"status":"plan_to_watch","score":null,"episodes_watched":0}',0,'mal');
INSERT INTO sync_changes VALUES(8,1,1,19,'2026-11-24 17:08:10','entry',NULL,'{"status":"completed","score":2,"episodes_watched":8}','{"status":"completed","score":2,"episodes_watched":8}',0,'mal');
INSERT INTO sync_changes VALUES(9,1,1,21,'2026-11-24 17:08:10','entry',NULL,'{"status":"completed","score":9,"episodes_watched":1}','{"status":"completed","score":9,"episodes_watched":1}',0,'mal');
INSERT INTO sync_changes VALUES(10,1,1,24,'2026-11-24 17:08:10','entry',NULL,'{"status":"completed","score":7,"episodes_watched":12}','{"status":"completed","score":7,"episodes_watched":12}',0,'mal');
INSERT INTO sync_changes VALUES(11,1,1,26,'2026-11-24 17:08:10','entry',NULL,'{"status":"plan_to_watch","score":null,"episodes_watched":0}','{"status":"plan_to_watch","score":null,"episodes_watched":0}',0,'mal');
INSERT INTO sync_changes VALUES(12,1,1,27,'2026-11-24 17:08:10','entry',NULL,'{"status":"completed","score":null,"episodes_watched":1}','{"status":"completed","score":null,"episodes_watched":1}',0,'mal');
INSERT INTO sync_changes VALUES(13,2,1,4,'2026-11-24 17:08:11','score','3','9','9',1,'mal_if_scored');
INSERT INTO sync_changes VALUES(14,2,1,4,'2026-11-24 17:08:11','episodes_watched','1','12','12',1,'higher');
INSERT INTO sync_changes VALUES(15,2,1,6,'2026-11-24 17:08:11','status','"dropped"','"plan_to_watch"','"plan_to_watch"',1,'mal');
INSERT INTO sync_changes VALUES(16,2,1,8,'2026-11-24 17:08:11','finish_date',NULL,'"2020"','"2020"',0,'mal_if_set');
INSERT INTO sync_changes VALUES(17,2,1,8,'2026-11-24 17:08:11','notes',NULL,'"x &amp; y"','"x &amp; y"',0,'local_if_own');
INSERT INTO sync_changes VALUES(18,2,1,8,'2026-11-24 17:08:11','times_rewatched','0','3','3',0,'mal');
INSERT INTO sync_changes VALUES(19,2,1,8,'2026-11-24 17:08:11','rewatch_value','0','4','4',0,'mal');
INSERT INTO sync_changes VALUES(20,2,1,8,'2026-11-24 17:08:11','priority','0','2','2',0,'mal');
INSERT INTO sync_changes VALUES(21,2,1,8,'2026-11-24 17:08:11','tags','[]','["a","ü"]','["a","ü"]',0,'mal');
INSERT INTO sync_changes VALUES(22,2,1,13,'2026-11-24 17:08:11','removed_at',NULL,NULL,'"2026-11-24T17:08:11Z"',0,'mal');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('users',1);
INSERT INTO sqlite_sequence VALUES('sync_runs',3);
INSERT INTO sqlite_sequence VALUES('anime',12);
INSERT INTO sqlite_sequence VALUES('user_anime_lists',12);
INSERT INTO sqlite_sequence VALUES('sync_changes',22);
CREATE INDEX sync_runs_by_user ON sync_runs (user_id, id);
CREATE INDEX sync_changes_by_run ON sync_changes (run_id, id);
CREATE INDEX sync_changes_by_anime ON sync_changes (user_id, mal_id, id);
COMMIT;
