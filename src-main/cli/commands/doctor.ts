import type { Command } from 'commander';
import type { DoctorSummary, EngineChoice } from '../../contract/api.ts';
import { engineOption, newCommand } from '../program.ts';
import type { CommandHost } from '../program.ts';

export function doctorCommand({ api, job, show }: CommandHost): Command {
  return newCommand('doctor', 'Versions, the engine chosen and why, self-test, measured clips per second, ffmpeg')
    .addOption(engineOption())
    .action(async (options: { engine: EngineChoice }) => {
      const result = await api.doctor(options, job);
      show(result, () => doctorLines(result));
    });
}

function doctorLines(d: DoctorSummary): string[] {
  const features = Object.entries(d.engine.features).map(([name, value]) => `    ${name}: ${value}`);
  const speed = d.clipsPerSecond;
  return [
    `Apexscope ${d.apexscope} on Node ${d.node}, ${d.platform}`,
    `Processor: ${d.cpu.model}, ${d.cpu.cores} cores, ${d.cpu.memoryGiB} GiB`,
    `Engine: ${d.engine.name} (${d.engine.device}), ${d.engine.threads} threads`,
    `  ${d.engine.why}`,
    ...features,
    `Self-test: ${d.selfTest}`,
    `Speed of ${speed.model}: ${speed.training} clips/s training, ${speed.inference} clips/s inference`,
    `ffmpeg ${d.ffmpeg.version} (${d.ffmpeg.from}), ffprobe ${d.ffprobe.version} (${d.ffprobe.from})`,
    'Network: Apexscope makes no connections.',
  ];
}
