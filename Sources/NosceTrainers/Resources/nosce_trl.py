"""Trains a LoRA adapter with TRL, as the folder of a Nosce job describes it.

    python nosce_trl.py JOBFOLDER
    python nosce_trl.py --check       (whether this Python has all that is needed)

Reads from the folder: job.json (every setting), tokens.jsonl (the rows as token ids, with the tokens
that are learnt), steps.json (which rows each step reads) and start/ (the adapter that training begins
from, in PEFT form). Writes into it: adapter/, snapshots/step-N/ and report.json. Says on standard
output, one JSON object a line, how far it has come: {"step": 1, "loss": 0.5}. Everything else that any
library prints goes to standard error.

The job is the one that Nosce's own trainer would do. So nothing is left to a default that could change
it: the rows are not tokenised again, their order is given, and optimizer, learning rates and loss are
those of job.json. Nothing is fetched from any network.
"""

import hashlib
import importlib.util
import json
import math
import os
import pathlib
import platform
import sys
import threading

SCHEMA = "nosce-training-job-1"
REPORT_SCHEMA = "nosce-training-report-1"


def end(found, allowed):
    """Ends the program; the last line of its log is what Nosce shows."""
    print(f"nosce_trl: found {found}; allowed: {allowed}", file=sys.stderr, flush=True)
    sys.exit(1)


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def write_json(path, value):
    """Whole or not at all: Nosce looks for the file when this program has ended."""
    draft = path.with_name(path.name + ".partial")
    with open(draft, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=2, allow_nan=False)
        file.write("\n")
    os.replace(draft, path)


def sha256(path):
    hasher = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            hasher.update(block)
    return hasher.hexdigest()


def end_with_the_lab():
    """Nosce holds the other end of standard input for as long as it waits for this job. Where it is
    gone, by whatever signal, nobody will read what is trained here."""

    def watch():
        while os.read(0, 4096):
            pass
        os._exit(3)

    threading.Thread(target=watch, daemon=True).start()


def prepare_environment(folder):
    """What libraries read when they are imported."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
        os.environ[name] = "1"
    # Nothing is taken from, or left in, the user's cache.
    os.environ["HF_HOME"] = str(folder / "work" / "cache")
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    # More than one device changes how a step is summed up, and TRL refuses several in one process.
    devices = os.environ.get("CUDA_VISIBLE_DEVICES", "0")
    os.environ["CUDA_VISIBLE_DEVICES"] = devices.split(",")[0]


class Job:
    """job.json and what it names, checked as far as this program needs it."""

    def __init__(self, folder):
        self.folder = folder
        self.settings = read_json(folder / "job.json")
        schema = self.settings.get("schema")
        if schema != SCHEMA:
            end(f"{folder / 'job.json'} of the schema {schema}", SCHEMA)
        tokens = folder / self.settings["tokens"]["file"]
        self.tokens_hash = sha256(tokens)
        with open(tokens, encoding="utf-8") as file:
            self.rows = [self.row(json.loads(line)) for line in file]
        # Row numbers, counted from 0, of one step after another.
        self.steps = read_json(folder / self.settings["order"]["file"])["steps"]
        if len(self.steps) != self.settings["steps"]:
            end(f"the order of {len(self.steps)} steps", f"{self.settings['steps']}, as job.json says")
        self.base = self.settings["base"]["folder"]

    @staticmethod
    def row(line):
        """What is not learnt has the label -100, which PyTorch's loss leaves out. The first token is
        predicted from nothing, so it is never learnt: with a label it would count in the mean."""
        ids, mask = line["input_ids"], line["completion_mask"]
        labels = [token if learnt else -100 for token, learnt in zip(ids, mask, strict=True)]
        labels[0] = -100
        return {"input_ids": ids, "labels": labels}

    def passes(self):
        """The micro-batches of all steps one after another, and how many make a step.

        A step is cut so that a pass reads about `tokens_per_pass` tokens with their padding, which
        bounds memory and changes nothing but roundings: the loss is a mean over the tokens of the whole
        step. Trainer counts the same number of micro-batches in every step, so a step of fewer gets
        some that have nothing to learn in them: row number len(rows).
        """
        limit = self.settings["tokens_per_pass"]
        steps = []
        for step in self.steps:
            batches = []
            for number in step:
                length = len(self.rows[number]["input_ids"])
                if batches and max(longest, length) * (len(batches[-1]) + 1) <= limit:
                    batches[-1].append(number)
                    longest = max(longest, length)
                else:
                    batches.append([number])
                    longest = length
            steps.append(batches)
        most = max(len(batches) for batches in steps)
        filler = [len(self.rows)]
        flat = []
        for batches in steps:
            flat += batches + [filler] * (most - len(batches))
        return flat, most

    def learning_rate_share(self, step):
        """The learning rate of step 0, 1, 2… as a share of the highest: Nosce's own formula. The
        schedules of transformers that have the same names end elsewhere."""
        warmup, total = self.settings["warmup_steps"], self.settings["steps"]
        if step < warmup:
            return step / warmup
        schedule, final = self.settings["schedule"], self.settings["final_fraction"]
        if schedule == "constant":
            return 1.0
        done = min(1.0, (step - warmup) / max(1, total - warmup))
        if schedule == "linear":
            share = 1 - done
        elif schedule == "cosine":
            share = 0.5 * (1 + math.cos(math.pi * done))
        else:
            end(f"the schedule {schedule}", "constant, linear, cosine")
        return final + (1 - final) * share


def without_dropout(config):
    """Nosce's engine has none; some models (GPT-2) are configured with it."""
    for part in {id(part): part for part in (config, config.get_text_config())}.values():
        for name, value in vars(part).copy().items():
            if ("dropout" in name or name.endswith("pdrop")) and isinstance(value, float):
                setattr(part, name, 0.0)


def load_model(job, torch):
    """The base in 32 bits with the start adapter, which is all that is trained."""
    from peft import PeftModel, get_peft_model_state_dict
    from safetensors.torch import load_file
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(job.base, trust_remote_code=False)
    without_dropout(config)
    base = AutoModelForCausalLM.from_pretrained(
        job.base, config=config, dtype=torch.float32, local_files_only=True, trust_remote_code=False,
        use_safetensors=True)  # The other form is pickled, and would be run.
    model = PeftModel.from_pretrained(
        base, str(job.folder / "start"), is_trainable=True, autocast_adapter_dtype=False)
    # PEFT only warns where a tensor of the file finds no module, or a module no tensor.
    given = load_file(job.folder / "start" / "adapter_model.safetensors")
    loaded = get_peft_model_state_dict(model)
    for name in sorted(given.keys() | loaded.keys()):
        if name not in loaded or name not in given:
            end(f"{name} only in the {'file' if name in given else 'model'}",
                "the tensors of start/adapter_model.safetensors, as this PEFT names them")
        if not torch.equal(given[name], loaded[name].cpu()):
            end(f"other numbers in {name} than in the file", "the start adapter")
    return model


def configuration(job, torch, config_class, rows, accumulation):
    """TRL's settings: all that could change the job, whatever the version's defaults are."""
    settings = job.settings
    has_gpu = torch.cuda.is_available()
    needed = dict(
        output_dir=str(job.folder / "work"),
        max_steps=settings["steps"],
        per_device_train_batch_size=rows,
        gradient_accumulation_steps=accumulation,
        learning_rate=settings["learning_rate"],
        weight_decay=settings["weight_decay"],
        # 0 switches clipping off.
        max_grad_norm=settings["clip_norm"] or 0.0,
        adam_beta1=settings["adam"]["beta1"],
        adam_beta2=settings["adam"]["beta2"],
        adam_epsilon=settings["adam"]["epsilon"],
        seed=int(settings["seed"]) % (1 << 32),
        bf16=False,
        fp16=False,
        # Rows are whole, one sequence each, as they are given.
        max_length=None,
        packing=False,
        dataset_kwargs={"skip_prepare_dataset": True},
        gradient_checkpointing=False,
        save_strategy="no",
        eval_strategy="no",
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
    )
    # Settings that some versions do not have; there they could change nothing.
    stated = dict(
        use_cpu=not has_gpu,
        padding_free=False,
        assistant_only_loss=False,
        # Decided by the labels.
        completion_only_loss=False,
        loss_type="nll",
        average_tokens_across_devices=True,
        label_smoothing_factor=0.0,
        neftune_noise_alpha=None,
        auto_find_batch_size=False,
        activation_offloading=False,
        use_liger_kernel=False,
        torch_compile=False,
        optim="adamw_torch",
        # The real one is a LambdaLR of learning_rate_share.
        lr_scheduler_type="constant",
        warmup_steps=0,
        logging_strategy="steps",
        logging_steps=1,
        logging_nan_inf_filter=False,
        train_sampling_strategy="sequential",
        shuffle_dataset=False,
        dataloader_num_workers=0,
        dataloader_drop_last=False,
        dataloader_pin_memory=False,
        full_determinism=False,
        push_to_hub=False,
        router_aux_loss_coef=None,
    )
    if has_gpu:
        # Products in 32 bits, as job.json says, and not in the 19 of TF32.
        needed["tf32"] = False
    known = config_class.__dataclass_fields__
    missing = [name for name in needed if name not in known]
    if missing:
        end(f"a TRL without the settings {', '.join(missing)}", "one that has them, such as 1.16")
    left_out = sorted(name for name in stated if name not in known)
    kept = {name: value for name, value in stated.items() if name in known}
    return config_class(**needed, **kept), left_out


def train(job, events):
    import peft
    import torch
    import transformers
    import trl
    from datasets import Dataset
    from transformers import AutoTokenizer, PrinterCallback, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    model = load_model(job, torch)
    passes, accumulation = job.passes()
    filler = {"input_ids": job.rows[0]["input_ids"], "labels": [-100] * len(job.rows[0]["labels"])}

    def collate(rows):
        """Padded on the right to the longest; padding is neither read nor learnt, so its id is any."""
        length = max(len(row["input_ids"]) for row in rows)

        def padded(values, value):
            return values + [value] * (length - len(values))

        return {
            "input_ids": torch.tensor([padded(row["input_ids"], 0) for row in rows]),
            "labels": torch.tensor([padded(row["labels"], -100) for row in rows]),
            "attention_mask": torch.tensor(
                [padded([1] * len(row["input_ids"]), 0) for row in rows]),
        }

    losses = []
    # Of the step under way: the sum of its micro-batches' losses, each already a share of the mean.
    current = [0.0]
    trained_tokens = []

    class GivenTrainer(SFTTrainer):
        """SFTTrainer with our order of rows, our optimizer and our learning rates."""

        def get_train_dataloader(self):
            return torch.utils.data.DataLoader(
                self.train_dataset, batch_sampler=passes, collate_fn=collate, num_workers=0)

        def create_optimizer(self, *arguments, **others):
            # Every factor decays; the default would ask for the names of parameters.
            if self.optimizer is None:
                self.optimizer = torch.optim.AdamW(
                    [part for part in self.model.parameters() if part.requires_grad],
                    lr=self.args.learning_rate, weight_decay=self.args.weight_decay,
                    betas=(self.args.adam_beta1, self.args.adam_beta2),
                    eps=self.args.adam_epsilon)
            return self.optimizer

        def create_scheduler(self, num_training_steps, optimizer=None):
            if self.lr_scheduler is None:
                self.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(
                    optimizer or self.optimizer, job.learning_rate_share)
            return self.lr_scheduler

        def training_step(self, model, inputs, num_items_in_batch=None):
            # Without the number, each micro-batch would be a mean of its own.
            if num_items_in_batch is None:
                end("a TRL that does not count the tokens of a whole step", "one that does: 1.16")
            trained_tokens.append(int(num_items_in_batch))
            loss = super().training_step(model, inputs, num_items_in_batch)
            current[0] += float(loss)
            return loss

    class Progress(TrainerCallback):
        def on_step_end(self, args, state, control, **others):
            loss, current[0] = current[0], 0.0
            if not math.isfinite(loss):
                # Every further step would be in vain.
                end(f"a loss of {loss} at step {state.global_step}",
                    "a finite number (a lower learning rate may help)")
            losses.append(loss)
            print(json.dumps({"step": state.global_step, "loss": loss}), file=events, flush=True)
            if state.global_step in job.settings["snapshot_steps"]:
                save(job.folder / "snapshots" / f"step-{state.global_step}")

    def save(folder):
        """Of the two files that Nosce reads, the configuration comes last."""
        # Whether embeddings have changed would be asked of the hub; they have not.
        model.save_pretrained(str(folder), safe_serialization=True, save_embedding_layers=False)

    arguments, left_out = configuration(
        job, torch, SFTConfig, max(len(batch) for batch in passes), accumulation)
    trainer = GivenTrainer(
        model=model, args=arguments, train_dataset=Dataset.from_list(job.rows + [filler]),
        data_collator=collate, callbacks=[Progress()],
        # TRL asks for one, and uses none for rows that have their ids.
        processing_class=AutoTokenizer.from_pretrained(
            job.base, local_files_only=True, trust_remote_code=False))
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    save(job.folder / "adapter")

    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    base = pathlib.Path(job.base)
    write_json(job.folder / "report.json", {
        "schema": REPORT_SCHEMA,
        "trainer": "TRL",
        "versions": {
            "trl": trl.__version__, "torch": torch.__version__,
            "transformers": transformers.__version__, "peft": peft.__version__,
            "python": platform.python_version(),
        },
        "device": device,
        "tokens_sha256": job.tokens_hash,
        "base_sha256": {name: sha256(base / name) for name in job.settings["base"]["sha256"]},
        "trained_tokens_of_first_step": trained_tokens[0] if trained_tokens else 0,
        "steps": trainer.state.global_step,
        "losses": losses,
        "settings_unknown_to_this_version": left_out,
    })


def check_modules():
    """Looks for them without importing any, which would take seconds."""
    needed = ["torch", "transformers", "peft", "trl", "datasets", "safetensors"]
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        end(f"a Python ({sys.executable}) without {', '.join(missing)}",
            "one that has them, as after pip install trl peft; NOSCE_PYTHON names it")


def main():
    if len(sys.argv) != 2:
        end(f"{len(sys.argv) - 1} arguments", "the folder of a job")
    check_modules()
    if sys.argv[1] == "--check":
        return
    folder = pathlib.Path(sys.argv[1]).resolve()
    end_with_the_lab()
    prepare_environment(folder)
    # Our own lines have standard output to themselves, whatever a library prints.
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    train(Job(folder), events)


if __name__ == "__main__":
    main()
