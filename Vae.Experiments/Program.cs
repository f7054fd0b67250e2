return Vae.Experiments.Commands.CommandLine.Invoke(args);
