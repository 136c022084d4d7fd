/** Small files of every store. Their secret is always the word `hunter2`. */
export const shopYaml = `host: db.internal
port: 5432
password: hunter2
debug: false
ratio: 0.5
empty: ""
nothing: null
tags:
    - red
    - green
nested:
    token: hunter2 too
    port_unencrypted: 8080
`;

export const shopJson = `{
	"host": "db.internal",
	"port": 5432,
	"password": "hunter2",
	"debug": false,
	"ratio": 0.5,
	"empty": "",
	"nothing": null,
	"tags": [
		"red",
		"green"
	],
	"nested": {
		"token": "hunter2 too",
		"port_unencrypted": 8080
	}
}
`;

export const shopEnv = "HOST=db.internal\nPORT=5432\n# not for print\nPASSWORD=hunter2\nEMPTY=\nLINES=one\\ntwo\n";

export const shopIni = `[database]
host     = db.internal
port     = 5432
password = hunter2

[cache]
; not for print
url = redis://hunter2@cache
`;

/** No UTF-8, a zero byte, no final line break. */
export const blob = Uint8Array.from([0, 255, 254, 128, 10, 13, 104, 117, 110, 116, 101, 114, 50]);

export const flatYaml = "host: db.internal\nport: 5432\npassword: hunter2\n";
export const flatJson = '{\n\t"host": "db.internal",\n\t"port": 5432,\n\t"password": "hunter2"\n}\n';

/** A configuration with one rule for everything. */
export const toAlice = "creation_rules:\n    - age: {alice}\n";
