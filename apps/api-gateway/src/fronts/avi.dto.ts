import { FlagField, Optional, TextField } from '../http/fields.js';

// In the words of the other system.
export class AviUpgradeDto {
  @TextField(500, {
    example: 'controller://upgrade_pkgs/controller.pkg',
    description: 'The image; `controller://` stands for the folder of `BATON_AVI_ROOT`',
  })
  image_path!: string;

  @Optional()
  @FlagField({
    required: false,
    default: false,
    description: 'From below the minimum too; all nodes of a wave go at once then',
  })
  force?: boolean;

  @Optional()
  @FlagField({ required: false, default: false, description: 'All nodes of a wave go at once' })
  disruptive?: boolean;
}
