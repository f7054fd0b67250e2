return Vae.Inference.ServeCommand.Invoke(args);
