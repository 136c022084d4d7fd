import type { Case } from "./case.ts";
import { configuration, keyGroups } from "./cases/config.ts";
import { conversions, decryptStores, decryptTargets, extraction, integrity } from "./cases/decrypt.ts";
import { edit } from "./cases/edit.ts";
import { encryptRefusals, encryptSources, encryptStores } from "./cases/encrypt.ts";
import { execEnv, execFile } from "./cases/exec.ts";
import { keySources } from "./cases/keys.ts";
import { otherKeys, recipientSources } from "./cases/recipients.ts";
import { rotate, updateKeys } from "./cases/rotate.ts";
import { comments, selections } from "./cases/selection.ts";
import { set, unset } from "./cases/set.ts";
import { fileStatus, unsupported, usage } from "./cases/usage.ts";

export const themes: Readonly<Record<string, readonly Case[]>> = {
  "encrypt: stores": encryptStores,
  "encrypt: from and to": encryptSources,
  "encrypt: refusals": encryptRefusals,
  "encrypt: recipients": recipientSources,
  "encrypt: other keys": otherKeys,
  "encrypt: selections": selections,
  comments,
  "decrypt: stores": decryptStores,
  "decrypt: conversions": conversions,
  "decrypt: extraction": extraction,
  "decrypt: to": decryptTargets,
  "decrypt: keys": keySources,
  "decrypt: integrity": integrity,
  set,
  unset,
  configuration,
  "key groups": keyGroups,
  rotate,
  updatekeys: updateKeys,
  edit,
  "exec-env": execEnv,
  "exec-file": execFile,
  filestatus: fileStatus,
  usage,
  unsupported,
};

/** What sops' own functional tests are called, but for those that publish to S3 and Vault or use KMS: both are left to sops. */
export const upstreamTests = [
  "encrypt_json_file",
  "encrypt_from_stdin",
  "encrypt_yaml_file",
  "output_flag",
  "test_ini_values_as_strings",
  "test_yaml_time",
  "set_json_file_update",
  "set_json_file_update_idempotent_write",
  "set_json_file_update_idempotent_nowrite",
  "set_json_file_insert",
  "set_json_file_insert_with_value_file",
  "set_json_file_insert_with_value_stdin",
  "set_yaml_file_update",
  "set_yaml_file_insert",
  "set_yaml_file_string",
  "set_yaml_file_string_compat",
  "unset_json_file",
  "unset_yaml_file",
  "decrypt_file_no_mac",
  "decrypt_from_stdin",
  "extract_string",
  "test_decrypt_file_multiple_keys",
  "decrypt_format",
  "encrypt_comments",
  "encrypt_comments_list",
  "decrypt_comments",
  "decrypt_comments_unencrypted_comments",
  "roundtrip_shamir",
  "roundtrip_shamir_missing_decryption_key",
  "test_no_keygroups",
  "test_zero_keygroups",
  "test_empty_keygroup",
  "roundtrip_binary",
  "exec_env",
  "exec_file",
  "exec_file_filename",
] as const;
